import assert from "node:assert/strict";
import { test } from "node:test";
import { findStuckTriggers, isSettled } from "./await-ready.ts";
import { readMessage } from "./explain-target.ts";
import { knativeServices } from "./objects.ts";
import type { ServiceState } from "./service-state.ts";
import { triggers } from "./workload-state.ts";

function createState(name: string, phase: ServiceState["phase"]): ServiceState {
  return { name, phase, revision: undefined, reason: "", message: "", url: undefined };
}

test("a failure has to last, with nothing else changing, before the wait ends", () => {
  const failed = [createState("a", "ready"), createState("b", "failed")];
  assert.equal(isSettled(failed, 19_000), false);
  assert.equal(isSettled(failed, 20_000), true);
  assert.equal(isSettled([...failed, createState("c", "waiting")], 99_000), false);
  assert.equal(isSettled([createState("a", "ready")], 0), true);
});

test("a Trigger that alone has failed is tried again, and not while its function may still come", () => {
  const targets = [
    { resource: knativeServices, name: "events" },
    { resource: triggers, name: "mail" },
  ];
  const failed = createState("mail", "failed");
  assert.deepEqual(findStuckTriggers(targets, [createState("events", "ready"), failed]), ["mail"]);
  assert.deepEqual(findStuckTriggers(targets, [createState("events", "waiting"), failed]), []);
  const ready = targets.map(({ name }) => createState(name, "ready"));
  assert.deepEqual(findStuckTriggers(targets, ready), []);
});

test("of a JSON log line the message and its error are told", () => {
  const line = JSON.stringify({ message: "not ready", error: { message: "Redis refused" } });
  assert.equal(readMessage(line), "not ready: Redis refused");
  assert.equal(readMessage("listening"), "listening");
  assert.equal(readMessage("[1]"), "[1]");
});
