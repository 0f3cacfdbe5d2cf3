import assert from "node:assert/strict";
import { test } from "node:test";
import { busyPage } from "../pages/busy.ts";
import { answerBusy } from "./answer-busy.ts";

const cases: readonly [accept: string | undefined, isPage: boolean][] = [
  ["text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", true],
  ["text/html, */*", true],
  ["text/html;q=0.5, text/*;q=0.4", true],
  ["text/plain, text/html;q=0.5", false],
  ["*/*, text/html;q=0.5", false],
  ["text/html;q=0", false],
  ["image/avif,image/webp,*/*;q=0.8", false],
  ["*/*", false],
  [undefined, false],
];

for (const [accept, isPage] of cases) {
  test(`a rejected request that accepts ${accept} gets ${isPage ? "the page" : "text"}`, () => {
    const headers = accept === undefined ? {} : { accept };
    assert.equal(answerBusy({ headers }), isPage ? busyPage : undefined);
  });
}
