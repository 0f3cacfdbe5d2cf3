import assert from "node:assert/strict";
import { test } from "node:test";
import type { KubeObject } from "#backends/kube-objects.ts";
import { findSample, samples } from "../fixtures/cluster.ts";
import { judge } from "./await-revision.ts";
import { describeWait, findHopelessPod } from "./container-failure.ts";

function seen(name: string) {
  const revision = findSample(samples.revisions, `${name}-00001`);
  const pods = samples.pods.filter(({ metadata }) => metadata.name.startsWith(`${name}-00001`));
  return { revision, pods };
}

function judgeSample(name: string) {
  return judge(findSample(samples.services, name), seen(name));
}

function waitingPod(reason: string): KubeObject {
  const containerStatuses = [
    { name: "user-container", restartCount: 0, state: { waiting: { reason } } },
  ];
  return { kind: "Pod", metadata: { name: "p" }, status: { containerStatuses } } as KubeObject;
}

test("a revision is given up as soon as Knative or the kubelet has given it up", () => {
  assert.equal(judgeSample("good").phase, "ready");
  assert.deepEqual(judgeSample("deaf"), { phase: "waiting", reason: "deaf-00001 Deploying" });
  assert.equal(judgeSample("crash").phase, "failed");
  assert.equal(judgeSample("noimage").phase, "failed");
});

test("a container that ended after a restart fails its revision before Knative has noticed", () => {
  const { revision, pods } = seen("crash");
  const unnoticed = structuredClone(revision);
  for (const condition of unnoticed.status?.conditions ?? []) condition.status = "Unknown";
  const service = findSample(samples.services, "deaf");
  assert.equal(judge(service, { revision: unnoticed, pods }).phase, "failed");
});

test("a container that the kubelet still tries is waited for", () => {
  for (const reason of ["ContainerCreating", "PodInitializing", "ErrImagePull"]) {
    assert.equal(findHopelessPod([waitingPod(reason)]), undefined, reason);
    assert.equal(describeWait(undefined, [waitingPod(reason)]), reason);
  }
  for (const reason of ["CrashLoopBackOff", "ImagePullBackOff", "CreateContainerConfigError"]) {
    assert.ok(findHopelessPod([waitingPod(reason)]), reason);
  }
});

test("a change that Knative has not seen says nothing about the revision before", () => {
  const service = structuredClone(findSample(samples.services, "crash"));
  service.metadata.generation = 2;
  assert.deepEqual(judge(service, seen("crash")), { phase: "waiting", reason: "Applied" });
});
