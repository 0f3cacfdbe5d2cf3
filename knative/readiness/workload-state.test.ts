import assert from "node:assert/strict";
import { test } from "node:test";
import type { KubeObject } from "#backends/kube-objects.ts";
import { parseObjects } from "../manifests/render-manifests.ts";
import { explainFailure } from "./explain-failure.ts";
import { findWaitTargets, readState } from "./workload-state.ts";

const objects = parseObjects(`
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: { name: emailservice-0 }
---
apiVersion: v1
kind: Secret
metadata: { name: redis }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: redis, generation: 2 }
spec: { replicas: 1 }
---
apiVersion: serving.knative.dev/v1
kind: Service
metadata: { name: frontend }
---
apiVersion: serving.knative.dev/v1
kind: Service
metadata: { name: adservice }
`);

const redis = objects.find(({ kind }) => kind === "StatefulSet") as KubeObject;
const withStatus = (status: KubeObject["status"]) => ({ ...redis, status }) as KubeObject;
const rolledOut = { observedGeneration: 2, readyReplicas: 1, updatedReplicas: 1 };

test("functions are waited for first, then their dependencies, and a Secret is not", () => {
  assert.deepEqual(
    findWaitTargets(objects).map(({ resource, name }) => `${resource.split(".")[0]} ${name}`),
    ["services adservice", "services frontend", "statefulsets redis", "triggers emailservice-0"],
  );
});

test("a workload is ready when the pods of its latest template are", () => {
  assert.equal(readState(withStatus(rolledOut)).phase, "ready");
  assert.equal(readState(withStatus({ ...rolledOut, updatedReplicas: 0 })).phase, "waiting");
  assert.equal(readState(withStatus({ ...rolledOut, readyReplicas: 0 })).phase, "waiting");
  assert.equal(readState(withStatus({ ...rolledOut, observedGeneration: 1 })).phase, "waiting");
});

test("a workload whose pods are refused has the cause as its reason", () => {
  const conditions = [
    { type: "Available", status: "False", reason: "MinimumReplicasUnavailable" },
    { type: "ReplicaFailure", status: "True", reason: "FailedCreate", message: "exceeded quota" },
  ] as const;
  const { reason, message } = readState(withStatus({ observedGeneration: 2, conditions }));
  assert.deepEqual([reason, message], ["FailedCreate", "exceeded quota"]);
});

test("a CronJob is ready unless its last run has failed, and no deploy waits for it", () => {
  const cronJob = { apiVersion: "batch/v1", kind: "CronJob", metadata: { name: "sweep" } };
  const stateOf = (status: KubeObject["status"], spec = {}) => {
    const { phase, reason } = readState({ ...cronJob, spec, status } as KubeObject);
    return `${phase} ${reason}`;
  };
  const [lastScheduleTime, later] = ["2026-11-26T10:00:00Z", "2026-11-26T10:00:04Z"];
  assert.equal(stateOf({}), "ready Ready");
  assert.equal(stateOf({ lastScheduleTime, active: [{}] }), "ready Ready");
  assert.equal(stateOf({ lastScheduleTime, lastSuccessfulTime: later }), "ready Ready");
  assert.equal(stateOf({ lastScheduleTime }), "failed LastRunFailed");
  const before = { lastScheduleTime: later, lastSuccessfulTime: lastScheduleTime };
  assert.equal(stateOf(before), "failed LastRunFailed");
  assert.equal(stateOf({}, { suspend: true }), "failed Suspended");
  assert.deepEqual(findWaitTargets([cronJob]), []);
});

test("a pod without a volume is explained with the missing storage class", () => {
  const message = "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.";
  const scheduled = { type: "PodScheduled", status: "False", reason: "Unschedulable", message };
  const pod = { kind: "Pod", metadata: { name: "redis-0" }, status: { conditions: [scheduled] } };
  const sentence = explainFailure({
    kubectl: "kubectl -n shop",
    state: readState(redis),
    pods: [pod as KubeObject],
  });
  assert.match(sentence, /^redis is not ready \(Unschedulable\): .*no storage class/);
});
