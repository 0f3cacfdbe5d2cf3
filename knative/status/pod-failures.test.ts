import assert from "node:assert/strict";
import { test } from "node:test";
import { type ContainerStatus, type KubeObject, userContainer } from "#backends/kube-objects.ts";
import { findSample, samples } from "../fixtures/cluster.ts";
import { createStatusRows } from "./status-rows.ts";
import { formatStatusTable } from "./status-table.ts";

const endedAt = "2026-11-26T18:43:27Z";
const nowMs = Date.parse(endedAt) + 12_000;
const outOfMemory = { exitCode: 137, reason: "OOMKilled", message: "ready\n", finishedAt: endedAt };

function createPod(container: Omit<ContainerStatus, "name">): KubeObject {
  return {
    kind: "Pod",
    metadata: { name: "good-1", labels: { "serving.knative.dev/revision": "good-00001" } },
    status: { containerStatuses: [{ name: userContainer, ...container }] },
  };
}

// A revision that Knative reports as ready, with its pods.
function describeGood(pods: readonly KubeObject[], readyReplicas: number) {
  const deployments = structuredClone(samples.deployments);
  findSample(deployments, "good-00001-deployment").status = { readyReplicas };
  const rows = createStatusRows({ ...samples, deployments, pods });
  const good = rows.filter(({ name }) => name === "good");
  return { row: good[0], lines: formatStatusTable(good, nowMs).split("\n").slice(1) };
}

test("a container that was killed for its memory is reported while it runs again", () => {
  const container = {
    restartCount: 3,
    state: { running: {} },
    lastState: { terminated: outOfMemory },
  };
  const { row, lines } = describeGood([createPod(container)], 1);
  assert.equal(row?.ready, true);
  assert.deepEqual(row?.traffic[0]?.restarts, { count: 3, reason: "OOMKilled", endedAt });
  assert.match(lines[0] ?? "", /^good +yes /);
  assert.equal(lines[1], "  restarted 3 times, last 12 s ago: OOMKilled");
});

test("a function whose only container waits to be restarted is not ready", () => {
  const waiting = { reason: "CrashLoopBackOff", message: "back-off 10s restarting" };
  const terminated = {
    exitCode: 137,
    reason: "Error",
    message: "out of luck",
    finishedAt: endedAt,
  };
  const container = { restartCount: 1, state: { waiting }, lastState: { terminated } };
  const { row, lines } = describeGood([createPod(container)], 0);
  assert.equal(row?.ready, false);
  assert.match(lines[0] ?? "", /^good +no /);
  assert.deepEqual(lines.slice(1), [
    "  ExitCode137: out of luck",
    "  restarted once, last 12 s ago: ExitCode137",
  ]);
});

test("an image that is missing when the function is started from zero is reported", () => {
  const waiting = { reason: "ImagePullBackOff", message: 'Back-off pulling image "shop/good"' };
  const pod = createPod({ restartCount: 0, state: { waiting } });
  const { row, lines } = describeGood([pod], 0);
  assert.equal(row?.ready, false);
  assert.equal(lines[1], '  ImagePullBackOff: Back-off pulling image "shop/good"');
  // Another pod of the revision serves.
  assert.equal(describeGood([pod], 1).row?.ready, true);
});

test("a newest revision whose container keeps crashing is reported before Knative does so", () => {
  const revisions = structuredClone(samples.revisions);
  const name = "crash-00001";
  const status = { conditions: [{ type: "Ready", status: "Unknown", reason: "Deploying" }] };
  Object.assign(findSample(revisions, name), { status });
  const terminated = { exitCode: 2, message: "SHOP_FAULTS is wrong", finishedAt: endedAt };
  const container = {
    restartCount: 1,
    state: { waiting: { reason: "CrashLoopBackOff" } },
    lastState: { terminated },
  };
  const pod = createPod(container);
  pod.metadata.labels = { "serving.knative.dev/revision": name };
  const reasonOf = (pods: readonly KubeObject[]) =>
    createStatusRows({ ...samples, revisions, pods }).find((row) => row.name === "crash")?.newest
      ?.reason;
  assert.equal(reasonOf([]), "Deploying");
  assert.equal(reasonOf([pod]), "ExitCode2: SHOP_FAULTS is wrong");
});

test("a pod that is being deleted or starts is not a failure", () => {
  const ending = createPod({ restartCount: 1, state: { terminated: outOfMemory } });
  ending.metadata.deletionTimestamp = endedAt;
  const starting = createPod({
    restartCount: 0,
    state: { waiting: { reason: "ContainerCreating" } },
  });
  const { row, lines } = describeGood([ending, starting], 0);
  assert.equal(row?.ready, true);
  assert.equal(lines.length, 1);
});
