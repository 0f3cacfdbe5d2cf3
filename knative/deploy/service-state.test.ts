import assert from "node:assert/strict";
import { test } from "node:test";
import { findSample, samples } from "./fixtures/cluster.ts";
import { createProgress } from "./progress.ts";
import { readServiceState } from "./service-state.ts";

const stateOf = (name: string) => readServiceState(findSample(samples.services, name));

test("the Ready condition says whether a Service is ready, waits or has failed", () => {
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

test("without a terminal only changes are written, with one every function each time", () => {
  const states = [stateOf("good"), stateOf("deaf")];
  const changed = [stateOf("good"), { ...stateOf("deaf"), phase: "ready" as const }];
  const record = (isTTY: boolean) => {
    const written: string[] = [];
    const write = (text: string | Uint8Array) => written.push(String(text)) > 0;
    const show = createProgress({ isTTY, write });
    for (const each of [states, states, changed]) show(each);
    return written;
  };
  assert.deepEqual(record(false).slice(1), ["deaf  ready    deaf-00001\n"]);
  const [, redrawn = ""] = record(true);
  assert.ok(redrawn.startsWith("\u001b[2Agood"));
  assert.equal(redrawn.split("\n").length, 3);
});
