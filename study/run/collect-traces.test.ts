import assert from "node:assert/strict";
import { test } from "node:test";
import { coldSpans, coldStep as step } from "../attribution/fixtures/spans.ts";
import { isComplete } from "./collect-traces.ts";

test("on a cluster a trace is complete once activator and queue-proxy have sent their spans", () => {
  const whole = coldSpans();
  assert.equal(isComplete(whole, step, "knative"), true);
  const withoutActivator = whole.filter(({ service }) => service !== "activator");
  assert.equal(isComplete(withoutActivator, step, "knative"), false);
  const withoutQueueProxy = whole.filter(({ id }) => !id.startsWith("q"));
  assert.equal(isComplete(withoutQueueProxy, step, "knative"), false);
});

test("locally a trace is complete with the boots of the functions that report to be cold", () => {
  const own = coldSpans().filter(({ service, id }) => service !== "activator" && id[0] !== "q");
  assert.equal(isComplete(own, step, "local"), true);
  const cold = { ...step, serverTiming: 'coldstart;desc="frontend";dur=220' };
  assert.equal(isComplete(own, cold, "local"), true);
  const withoutBoot = own.filter(({ name }) => name !== "faas.boot");
  assert.equal(isComplete(withoutBoot, cold, "local"), false);
});
