import assert from "node:assert/strict";
import { test } from "node:test";
import type { Kubectl } from "#backends/kubectl.ts";
import { readLastColdStart } from "./last-cold-start.ts";

function createTrace(service: string, operationName: string, startTime: number) {
  const span = { operationName, processID: "p1", startTime, duration: 99_500 };
  return { spans: [span], processes: { p1: { serviceName: service } } };
}

const read = (stdout: string, exitCode = 0) => {
  const run: Kubectl["run"] = async () => ({ exitCode, stdout, stderr: "" });
  return readLastColdStart({ run } as Kubectl, "shop", "adservice");
};

test("the last cold start is the latest boot of the function itself", async () => {
  const data = [
    createTrace("adservice", "faas.boot", 3_000_000),
    createTrace("adservice", "faas.boot", 7_000_000),
    createTrace("adservice", "GetAds", 8_000_000),
    createTrace("frontend", "faas.boot", 9_000_000),
  ];
  assert.deepEqual(await read(JSON.stringify({ data })), { startedAtMs: 7000, bootMs: 99.5 });
});

test("there is no last cold start if Jaeger has none or does not respond", async () => {
  for (const answer of ['{"data":[]}', '{"data":null,"errors":[]}', "{}", "null", "<html>"]) {
    assert.equal(await read(answer), undefined, answer);
  }
  assert.equal(await read("", 1), undefined);
});
