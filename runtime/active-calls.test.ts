import assert from "node:assert/strict";
import { test } from "node:test";
import { ActiveCalls } from "./active-calls.ts";

test("keeps the calls that have not ended, in any order of their ends", () => {
  const calls = new ActiveCalls<string>();
  for (const call of ["a", "b", "c", "d"]) calls.add(call);
  assert.deepEqual(
    ["b", "d", "b", "x"].map((call) => calls.delete(call)),
    [true, true, false, false],
  );
  assert.equal(calls.size, 2);
  assert.deepEqual([...calls].sort(), ["a", "c"]);
  assert.deepEqual(
    ["a", "c"].map((call) => calls.delete(call)),
    [true, true],
  );
  assert.deepEqual([...calls], []);
});

test("an iteration reaches all calls, although each of them ends when it is reached", () => {
  const calls = new ActiveCalls<number>();
  for (let call = 0; call < 5; call++) calls.add(call);
  const reached = [];
  for (const call of calls) {
    reached.push(call);
    calls.delete(call);
  }
  assert.deepEqual(reached.sort(), [0, 1, 2, 3, 4]);
  assert.equal(calls.size, 0);
});
