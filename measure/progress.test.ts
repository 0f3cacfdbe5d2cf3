import assert from "node:assert/strict";
import { test } from "node:test";
import { createProgress } from "./progress.ts";

function record(isTTY: boolean, columns?: number) {
  const written: string[] = [];
  const output = {
    isTTY,
    ...(columns && { columns }),
    write: (text: string) => written.push(text),
  };
  const open = (options?: Parameters<typeof createProgress>[1]) => createProgress(output, options);
  return { written, open };
}

test("without a terminal each changed line is appended", () => {
  const { written, open } = record(false);
  const progress = open();
  progress.update("ads   waiting", "cart  waiting");
  progress.update("ads   waiting", "cart  waiting");
  progress.update("ads   waiting", "cart  ready");
  progress.clear();
  assert.deepEqual(written, ["ads   waiting\ncart  waiting\n", "cart  ready\n"]);
});

test("without a terminal an interval limits the reports", () => {
  const { written, open } = record(false);
  let nowMs = 0;
  const progress = open({ intervalMs: 5000, now: () => nowMs });
  for (nowMs of [250, 4999, 5000, 5250, 10_000]) progress.update(`at ${nowMs}`);
  assert.deepEqual(written, ["at 5000\n", "at 10000\n"]);
});

test("on a terminal lines are overwritten, cut to its width, and removed at the end", () => {
  const { written, open } = record(true, 5);
  const progress = open({ intervalMs: 5000 });
  progress.update("at 250", "b");
  progress.update("at 250", "b");
  progress.update("c");
  progress.clear();
  assert.deepEqual(written, [
    "at 2\x1b[K\nb\x1b[K\n\x1b[J",
    "\x1b[2Ac\x1b[K\n\x1b[J",
    "\x1b[1A\x1b[J",
  ]);
});
