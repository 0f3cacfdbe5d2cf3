import assert from "node:assert/strict";
import { test } from "node:test";
import { findSample, samples } from "../fixtures/cluster.ts";
import { formatStates, readServiceState } from "./service-state.ts";

const stateOf = (name: string) => readServiceState(findSample(samples.services, name));

test("the Ready condition decides whether a Service is ready, waiting or failed", () => {
  assert.equal(stateOf("good").phase, "ready");
  assert.equal(stateOf("deaf").phase, "waiting");
  assert.equal(stateOf("crash").phase, "failed");
  assert.equal(stateOf("crash").reason, "RevisionFailed");
});

test("a condition of an older generation counts as waiting", () => {
  const service = structuredClone(findSample(samples.services, "good"));
  service.metadata.generation = 2;
  assert.equal(readServiceState(service).phase, "waiting");
});

test("the columns of states do not move when the phases change", () => {
  const ready = { ...stateOf("deaf"), phase: "ready" as const };
  const [good, deaf] = formatStates([stateOf("good"), ready]);
  assert.equal(good, "good  ready    good-00001");
  assert.equal(deaf, "deaf  ready    deaf-00001");
});
