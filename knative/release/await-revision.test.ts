import assert from "node:assert/strict";
import { test } from "node:test";
import type { KubeObject } from "#backends/kube-objects.ts";
import { findSample, samples } from "../fixtures/cluster.ts";
import { describeWait, findFailedPod, judge } from "./await-revision.ts";

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

test("a revision has failed as soon as Knative or the kubelet reports it", () => {
  assert.equal(judgeSample("good").phase, "ready");
  assert.deepEqual(judgeSample("deaf"), { phase: "waiting", reason: "deaf-00001 Deploying" });
  assert.equal(judgeSample("crash").phase, "failed");
  assert.equal(judgeSample("noimage").phase, "failed");
});

test("a container that ended after a restart fails its revision before its conditions report it", () => {
  const { revision, pods } = seen("crash");
  const unnoticed = structuredClone(revision);
  for (const condition of unnoticed.status?.conditions ?? []) condition.status = "Unknown";
  const service = findSample(samples.services, "deaf");
  assert.equal(judge(service, { revision: unnoticed, pods }).phase, "failed");
});

test("a container that the kubelet is still starting is waiting", () => {
  for (const reason of ["ContainerCreating", "PodInitializing", "ErrImagePull"]) {
    assert.equal(findFailedPod([waitingPod(reason)]), undefined, reason);
    assert.equal(describeWait(undefined, [waitingPod(reason)]), reason);
  }
  for (const reason of ["CrashLoopBackOff", "ImagePullBackOff", "CreateContainerConfigError"]) {
    assert.ok(findFailedPod([waitingPod(reason)]), reason);
  }
});

test("a change that Knative has not processed is waiting, in any state of the previous revision", () => {
  const service = structuredClone(findSample(samples.services, "crash"));
  service.metadata.generation = 2;
  assert.deepEqual(judge(service, seen("crash")), { phase: "waiting", reason: "Applied" });
});
