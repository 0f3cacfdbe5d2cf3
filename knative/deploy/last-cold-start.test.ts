import assert from "node:assert/strict";
import { test } from "node:test";
import { findLatestBoot } from "./last-cold-start.ts";

function createTrace(service: string, operationName: string, startTime: number) {
  const span = { operationName, processID: "p1", startTime, duration: 99_500 };
  return { spans: [span], processes: { p1: { serviceName: service } } };
}

test("the last cold start is the latest boot of the function itself", () => {
  const data = [
    createTrace("adservice", "faas.boot", 3_000_000),
    createTrace("adservice", "faas.boot", 7_000_000),
    createTrace("adservice", "GetAds", 8_000_000),
    createTrace("frontend", "faas.boot", 9_000_000),
  ];
  const found = findLatestBoot(JSON.stringify({ data }), "adservice");
  assert.deepEqual(found, { startedAtMs: 7000, bootMs: 99.5 });
});

test("no cold start is known where Jaeger has none, or something else answers", () => {
  for (const answer of ['{"data":[]}', '{"data":null,"errors":[]}', "{}", "null", "<html>"]) {
    assert.equal(findLatestBoot(answer, "adservice"), undefined, answer);
  }
});
