import assert from "node:assert/strict";
import { test } from "node:test";
import type { InstanceRecord, SampleRecord } from "../../records/sample-record.ts";
import { findStartBoxes } from "./start-boxes.ts";

const beganAtMs = 1_000_000;

function instance(name: string, createdAfterMs: number, durationMs: number | null): InstanceRecord {
  const createdAtMs = beganAtMs + createdAfterMs;
  return {
    function: name,
    id: `${name}-${createdAtMs}`,
    address: null,
    createdAtMs,
    scheduledAtMs: null,
    sandboxAtMs: null,
    startedAtMs: null,
    readyAtMs: durationMs === null ? null : createdAtMs + durationMs,
    goneAtMs: null,
  };
}

function sample(changes: Partial<SampleRecord>): SampleRecord {
  return {
    sample: 0,
    condition: "off",
    repetition: 0,
    attempt: 0,
    verdict: "kept",
    reason: null,
    zero: null,
    startedAtMs: beganAtMs,
    endedAtMs: beganAtMs + 60_000,
    podSeconds: {},
    instances: [],
    coldStarts: [],
    criticalPaths: [],
    loadAverage: 0,
    ...changes,
  };
}

test("a box contains the instances that became ready within kept samples", () => {
  const times = [100, 200, 300, 400, 5000];
  const samples = [
    ...times.map((ms) => sample({ instances: [instance("cartservice", 10, ms)] })),
    sample({ instances: [instance("cartservice", -10, 900), instance("cartservice", 10, null)] }),
    sample({ verdict: "rejected", instances: [instance("cartservice", 10, 900)] }),
    sample({ condition: "graph", instances: [instance("frontend", 10, 700)] }),
    sample({ condition: "left out", instances: [instance("frontend", 10, 700)] }),
  ];
  const [first, second, ...more] = findStartBoxes(samples, ["off", "graph"]);
  assert.deepEqual(more, []);
  assert.equal(first?.name, "frontend");
  assert.equal(first.condition, "graph");
  assert.deepEqual(second, {
    name: "cartservice",
    condition: "off",
    count: 5,
    q1Ms: 200,
    medianMs: 300,
    q3Ms: 400,
    lowMs: 100,
    highMs: 400,
    outliersMs: [5000],
  });
});
