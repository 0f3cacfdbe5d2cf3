import assert from "node:assert/strict";
import { test } from "node:test";
import { countPodSeconds, InstanceLog } from "./instance-log.ts";
import { type Pod, readPod } from "./read-pod.ts";

function aPod(status: Pod["status"]): Pod {
  const labels = { "serving.knative.dev/service": "cartservice" };
  return { kind: "Pod", metadata: { name: "c-1", namespace: "shop", labels }, status };
}

test("the first observation of each moment counts", () => {
  const log = new InstanceLog();
  const see = (status: Pod["status"], nowMs: number) =>
    log.record(readPod(aPod(status), nowMs), nowMs);
  const scheduled = { type: "PodScheduled", status: "True" } as const;
  const sandbox = { type: "PodReadyToStartContainers", status: "True" } as const;
  const waiting = { type: "Ready", status: "False" } as const;
  see({ phase: "Pending" }, 100);
  see({ phase: "Pending", conditions: [scheduled, waiting] }, 110);
  see(
    {
      phase: "Pending",
      podIP: "10.0.0.9",
      conditions: [scheduled, sandbox],
    },
    500,
  );
  const running = [{ name: "user-container", state: { running: {} } }];
  see({ phase: "Running", conditions: [scheduled, waiting], containerStatuses: running }, 600);
  see(
    {
      phase: "Running",
      conditions: [{ type: "Ready", status: "True" }, sandbox],
      containerStatuses: running,
    },
    900,
  );
  log.recordRemoval("c-1", 4100);
  log.recordRemoval("c-1", 5000);
  assert.deepEqual(log.records, [
    {
      function: "cartservice",
      id: "c-1",
      address: "10.0.0.9",
      createdAtMs: 100,
      scheduledAtMs: 110,
      sandboxAtMs: 500,
      startedAtMs: 600,
      readyAtMs: 900,
      goneAtMs: 4100,
    },
  ]);
  assert.deepEqual(countPodSeconds(log.records, 0, 60_000), { cartservice: 3.99 });
});

test("pod-seconds are counted between the bounds, including pods that still run", () => {
  const log = new InstanceLog();
  for (const id of ["a", "b"]) log.record({ function: "f", id, scheduledAtMs: 1000 }, 1000);
  log.recordRemoval("a", 3000);
  assert.deepEqual(countPodSeconds(log.records, 2000, 12_000), { f: 11 });
});
