import assert from "node:assert/strict";
import { test } from "node:test";
import { findSample, samples } from "./fixtures/cluster.ts";
import { createProgress } from "./progress.ts";
import { readServiceState } from "./service-state.ts";
import { createStatusRows, formatStatusTable } from "./status-table.ts";

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

test("the status table shows each Service, and why one is not ready", () => {
  const coldStarts = new Map([["good", { startedAtMs: 10_000, bootMs: 99.6 }]]);
  const rows = createStatusRows(samples.services, samples.deployments, coldStarts);
  const lines = formatStatusTable(rows, 40_000).split("\n");
  assert.match(lines[0] ?? "", /^FUNCTION +READY +REVISION +REPLICAS +LAST COLD START +URL$/);
  assert.match(
    lines[1] ?? "",
    /^crash +no +crash-00001 +0 +- +http:\/\/crash\.shop\.example\.com$/,
  );
  assert.match(lines[2] ?? "", /^ {2}RevisionFailed: Revision "crash-00001" failed with message/);
  assert.ok(lines.some((line) => /^good +yes +good-00001 +\d +30 s ago, boot 100 ms/.test(line)));
});

test("replicas are those of the latest revision that are ready", () => {
  const deployments = structuredClone(samples.deployments);
  const deployment = findSample(deployments, "good-00001-deployment");
  deployment.status = { ...deployment.status, readyReplicas: 3 };
  const rows = createStatusRows(samples.services, deployments);
  assert.deepEqual(
    rows.map(({ name, replicas }) => [name, replicas]),
    [
      ["crash", 0],
      ["deaf", 0],
      ["good", 3],
      ["noimage", 0],
    ],
  );
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
