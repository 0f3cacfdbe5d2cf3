import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root, sourceFiles } from "./fixtures/source-files.ts";

const maxLines = 200;

test(`each TypeScript file, tests included, has at most ${maxLines} lines`, () => {
  const files = sourceFiles().map((file) => ({ file, lines: countLines(file) }));
  assert.ok(files.length > 100, "the repository's files were found");
  const tooLong = files.filter(({ lines }) => lines > maxLines);
  assert.deepEqual(tooLong, []);
});

function countLines(file: string): number {
  return readFileSync(join(root, file), "utf8").split("\n").length - 1;
}
