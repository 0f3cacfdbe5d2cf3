import assert from "node:assert/strict";
import { test } from "node:test";
import { createContextKey } from "@opentelemetry/api";
import { requestRoot } from "./linked-context.ts";

const [first, second] = [createContextKey("first"), createContextKey("second")];

test("a context has the values of its parents, of which the last one counts", () => {
  const parent = requestRoot.setValue(first, 1).setValue(second, 2);
  const child = parent.setValue(first, 3);
  assert.deepEqual([child.getValue(first), child.getValue(second)], [3, 2]);
  assert.deepEqual([parent.getValue(first), requestRoot.getValue(first)], [1, undefined]);
});

test("a value that is deleted stays in the parent", () => {
  const parent = requestRoot.setValue(first, 1);
  const child = parent.deleteValue(first);
  assert.deepEqual([child.getValue(first), parent.getValue(first)], [undefined, 1]);
  assert.equal(child.setValue(first, 2).getValue(first), 2);
});
