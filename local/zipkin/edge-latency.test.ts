import assert from "node:assert/strict";
import { test } from "node:test";
import { measureEdges } from "./edge-latency.ts";
import type { Trace } from "./store.ts";

const nowUs = 1_000_000_000;

function call(id: string, ageUs: number, durationMs: number): Pick<Trace, "spans"> {
  const times = { timestamp: nowUs - ageUs, duration: durationMs * 1000 };
  const base = { traceId: id, name: "call" };
  return {
    spans: [
      { ...base, ...times, id, kind: "CLIENT", localEndpoint: { serviceName: "frontend" } },
      {
        ...base,
        id: `${id}1`,
        parentId: id,
        timestamp: times.timestamp,
        duration: 1,
        localEndpoint: { serviceName: "adservice" },
      },
    ],
  };
}

test("an edge's p99 is that of the caller's side, and its rate that of the last minute", () => {
  const calls = Array.from({ length: 100 }, (_, index) =>
    call(`${index}`, index < 40 ? 1000 : 61_000_000, index + 1),
  );
  const edges = measureEdges(calls as Trace[], nowUs);
  assert.deepEqual([...edges], [["frontend adservice", { p99Ms: 100, perMinute: 40 }]]);
});

test("a call within a function is no edge", () => {
  const spans = call("1", 0, 5).spans.map((span) => ({
    ...span,
    localEndpoint: { serviceName: "frontend" },
  }));
  assert.equal(measureEdges([{ spans }] as Trace[], nowUs).size, 0);
});
