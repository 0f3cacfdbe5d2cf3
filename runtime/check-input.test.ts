import assert from "node:assert/strict";
import { test } from "node:test";
import { limitList, limitText, quote, requireMessage, requireText } from "./check-input.ts";

const refusals = [
  { check: () => requireMessage(undefined, "from"), message: "from is missing" },
  { check: () => requireText("", "id", 3), message: "id is missing" },
  { check: () => requireText("abcd", "id", 3), message: "id has 4 characters: expected at most 3" },
  { check: () => limitText("abcd", "q", 3), message: "q has 4 characters: expected at most 3" },
  { check: () => limitList([1, 2], "ids", 1), message: "ids has 2 entries: expected at most 1" },
];

for (const { check, message } of refusals) {
  test(`rejects an invalid field with: ${message}`, () => {
    assert.throws(check, { code: "INVALID_ARGUMENT", message });
  });
}

test("returns a value that is within its limit", () => {
  assert.equal(requireMessage(0, "n"), 0);
  assert.equal(requireText("abc", "id", 3), "abc");
  assert.equal(limitText("", "q", 3), "");
  assert.deepEqual(limitList([1], "ids", 1), [1]);
});

test("quotes a text in one line of limited length", () => {
  assert.equal(quote('a"\n'), '"a\\"\\n"');
  assert.equal(quote("x".repeat(41)), `"${"x".repeat(40)}…"`);
});
