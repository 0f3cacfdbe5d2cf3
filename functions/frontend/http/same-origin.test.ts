import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isSameOrigin } from "./same-origin.ts";

const rows: [Record<string, string>, boolean][] = [
  [{}, true],
  [{ "sec-fetch-site": "same-origin" }, true],
  [{ "sec-fetch-site": "none" }, true],
  [{ "sec-fetch-site": "same-site" }, false],
  [{ "sec-fetch-site": "cross-site" }, false],
  [{ "sec-fetch-site": "cross-site", origin: "http://shop.example:8080" }, false],
  [{ origin: "http://shop.example:8080" }, true],
  [{ origin: "https://shop.example:8080" }, true],
  [{ origin: "http://shop.example" }, false],
  [{ origin: "http://evil.example" }, false],
  [{ origin: "null" }, false],
  [{ origin: "" }, false],
];

describe("isSameOrigin", () => {
  for (const [headers, expected] of rows) {
    it(`is ${expected} for ${JSON.stringify(headers)}`, () => {
      const all: Record<string, string> = { host: "shop.example:8080", ...headers };
      assert.equal(
        isSameOrigin((name) => all[name]),
        expected,
      );
    });
  }
});
