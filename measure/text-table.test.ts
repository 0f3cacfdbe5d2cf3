import assert from "node:assert/strict";
import { test } from "node:test";
import { formatTable } from "./text-table.ts";

const rows = [
  ["name", "calls", "note"],
  ["cart", "7", "slow"],
  "a note between rows, wider than the first column",
  ["recommendation", "12345", ""],
];

test("figures are aligned to the right, text to the left, and lines have no spaces at the end", () => {
  assert.deepEqual(formatTable(rows, [0, 2]), [
    "name            calls  note",
    "cart                7  slow",
    "a note between rows, wider than the first column",
    "recommendation  12345",
  ]);
});

test("all columns may be text", () => {
  assert.deepEqual(formatTable(rows.slice(0, 2), "all"), [
    "name  calls  note",
    "cart  7      slow",
  ]);
});
