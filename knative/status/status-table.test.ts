import assert from "node:assert/strict";
import { test } from "node:test";
import { findSample, readRelease, samples } from "../fixtures/cluster.ts";
import { createOtherRows, createStatusRows } from "./status-rows.ts";
import { formatOthers, formatStatusTable } from "./status-table.ts";

test("a function whose newest revision gets all requests has one line", () => {
  const coldStarts = new Map([["good", { startedAtMs: 10_000, bootMs: 99.6 }]]);
  const lines = formatStatusTable(createStatusRows({ ...samples, coldStarts }), 40_000).split("\n");
  assert.match(
    lines[0] ?? "",
    /^FUNCTION +READY +REVISION +TAG +SHARE +REPLICAS +LAST COLD START +URL$/,
  );
  const good = lines.filter((line) => line.includes("good"));
  assert.equal(good.length, 1);
  assert.match(
    good[0] ?? "",
    /^good +yes +good-00001 +- +100 % +\d +30 s ago, boot 99\.6 ms +http:/,
  );
});

test("a function without a ready revision shows why its newest one is not ready", () => {
  const lines = formatStatusTable(createStatusRows(samples), 0).split("\n");
  assert.match(lines[1] ?? "", /^crash +no +- +- +- +0 +- +http:\/\/crash\.shop\.example\.com$/);
  assert.match(
    lines[2] ?? "",
    /^ {2}newest revision crash-00001 gets no requests: ExitCode1: Container failed with: starting cannot/,
  );
});

test("replicas are the ready pods of each revision", () => {
  const deployments = structuredClone(samples.deployments);
  const deployment = findSample(deployments, "good-00001-deployment");
  deployment.status = { ...deployment.status, readyReplicas: 3 };
  const good = createStatusRows({ ...samples, deployments }).find(({ name }) => name === "good");
  assert.equal(good?.traffic[0]?.replicas, 3);
  assert.equal(good?.newest, null);
});

test("a split shows each traffic target with its own readiness and replicas", () => {
  const [row] = createStatusRows(readRelease("split"));
  assert.equal(row?.ready, true);
  assert.deepEqual(row?.traffic, [
    {
      revision: "frontend-00001",
      tag: "stable",
      percent: 75,
      ready: true,
      reason: null,
      replicas: 0,
      restarts: null,
    },
    {
      revision: "frontend-00002",
      tag: "blue",
      percent: 25,
      ready: true,
      reason: null,
      replicas: 1,
      restarts: null,
    },
  ]);
  assert.equal(row?.newest, null);
  const lines = formatStatusTable(createStatusRows(readRelease("split")), 0).split("\n");
  assert.match(lines[1] ?? "", /^frontend +yes +frontend-00001 +stable +75 % +0 +- +http:/);
  assert.match(lines[2] ?? "", /^ +yes +frontend-00002 +blue +25 % +1$/);
  assert.equal(lines.length, 3);
});

test("the revision with the requests is shown with the newest one, which failed", () => {
  const [row] = createStatusRows(readRelease("failed"));
  assert.equal(row?.ready, false);
  assert.deepEqual(
    row?.traffic.map(({ revision, percent, ready }) => [revision, percent, ready]),
    [["frontend-00008", 100, true]],
  );
  assert.equal(row?.newest?.revision, "frontend-00009");
  assert.equal(row?.newest?.ready, false);
  assert.match(row?.newest?.reason ?? "", /^ContainerMissing: Unable to fetch image/);
});

test("a ready newest revision without requests is reported with the reason", () => {
  const [row] = createStatusRows(readRelease("rolled-back"));
  assert.deepEqual(row?.newest, {
    revision: "frontend-00008",
    ready: true,
    reason: "ready, but the requests go to other revisions: run shop release frontend",
  });
});

test("a Service that is not ready for another reason than its newest revision shows the reason", () => {
  const release = readRelease("split");
  const [service] = structuredClone(release.services);
  assert.ok(service?.status);
  service.status.conditions = [
    { type: "Ready", status: "Unknown", reason: "IngressNotConfigured", message: "Waiting." },
  ];
  const text = formatStatusTable(createStatusRows({ ...release, services: [service] }), 0);
  assert.match(text, /\n {2}IngressNotConfigured: Waiting\.$/);
});

test("the rows of the functions' dependencies show the reason why one is not ready", () => {
  const redis = {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: "redis", generation: 2 },
    spec: { replicas: 1 },
  };
  const status = { observedGeneration: 2, readyReplicas: 1, updatedReplicas: 1 };
  const rows = createOtherRows([{ ...redis, status }, redis]);
  assert.equal(formatOthers(rows), "StatefulSet redis  ready\nStatefulSet redis  PodsNotReady");
});
