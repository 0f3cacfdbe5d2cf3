import assert from "node:assert/strict";
import { test } from "node:test";
import { createKubectl } from "#backends/kubectl.ts";
import { checkCluster } from "./checks/check-cluster.ts";
import { applyManifests, checkManifests } from "./deploy/apply-manifests.ts";
import { ensureNamespace } from "./deploy/ensure-namespace.ts";
import { formatObjects, parseObjects } from "./manifests/render-manifests.ts";
import { awaitReady } from "./readiness/await-ready.ts";
import { findWaitTargets } from "./readiness/workload-state.ts";
import { readStatus } from "./status/read-status.ts";
import { undeploy } from "./undeploy/undeploy.ts";

const namespace = "shop-deploy-test";
const takenOver = "shop-deploy-taken-over";

// A host that no cluster resolves: the Service fails the same way everywhere, and no image is needed.
const objects = parseObjects(`
apiVersion: serving.knative.dev/v1
kind: Service
metadata: { name: adservice, labels: { app.kubernetes.io/part-of: hipster-shop } }
spec: { template: { spec: { containers: [{ image: "registry.invalid/shop/adservice:1" }] } } }
`);

// As func makes it: without the shop's label.
const triggerOfFunc = {
  apiVersion: "eventing.knative.dev/v1",
  kind: "Trigger",
  metadata: { name: "adservice-function-trigger-0" },
  spec: {
    broker: "default",
    subscriber: {
      ref: { apiVersion: "serving.knative.dev/v1", kind: "Service", name: "adservice" },
    },
  },
};

const skip =
  process.env.TEST_KNATIVE === "1" ? false : "set TEST_KNATIVE=1 to test against the cluster";

test("deploy reports why a function fails, and undeploy deletes all objects", {
  skip,
}, async (t) => {
  const kubectl = createKubectl();
  t.after(() => undeploy(kubectl, namespace));
  assert.deepEqual((await checkCluster(kubectl, objects, { namespace })).problems, []);
  await ensureNamespace(kubectl, objects, namespace);
  const checked = await checkManifests(kubectl, objects, { namespace, now: new Date() });
  assert.deepEqual(checked.refused, []);
  assert.deepEqual(await applyManifests(kubectl, checked.objects, namespace), []);
  const wait = { namespace, timeoutMs: 60_000, onStates: () => undefined };
  const { failures } = await awaitReady(kubectl, findWaitTargets(objects), wait);
  assert.match(failures.join(), /^adservice is not ready \(adservice-00001, .*registry\.invalid/);
  const [row] = (await readStatus(kubectl, namespace)).functions;
  assert.deepEqual([row?.name, row?.ready, row?.traffic], ["adservice", false, []]);
  assert.deepEqual([row?.newest?.revision, row?.newest?.ready], ["adservice-00001", false]);
  assert.match(row?.newest?.reason ?? "", /^ContainerMissing: .*registry\.invalid/);
  const input = JSON.stringify(triggerOfFunc);
  await kubectl.read(["create", "-n", namespace, "-f", "-"], { input });
  const remaining: string[] = [];
  const lines = await undeploy(kubectl, namespace, (left) => remaining.push(left));
  assert.ok(remaining.length > 0);
  assert.deepEqual(lines, [
    "1 services.serving.knative.dev deleted",
    "1 triggers.eventing.knative.dev deleted",
    `namespace ${namespace} deleted`,
  ]);
  assert.match(
    (await undeploy(kubectl, namespace)).join(),
    /^namespace \S+ has no objects of the shop/,
  );
});

test("each deploy takes over a Service that kubectl has applied", {
  skip,
}, async (t) => {
  const kubectl = createKubectl();
  t.after(() => undeploy(kubectl, takenOver));
  await ensureNamespace(kubectl, objects, takenOver);
  // A client-side apply, as `kubectl apply -k`.
  await kubectl.read(["apply", "-n", takenOver, "-f", "-"], { input: formatObjects(objects) });
  // In the first round, kubectl migrates the field manager of the client-side apply.
  for (const _ of ["first", "second", "third"]) {
    const options = { namespace: takenOver, now: new Date(0) };
    const checked = await checkManifests(kubectl, objects, options);
    assert.deepEqual(checked.refused, []);
    assert.deepEqual(await applyManifests(kubectl, checked.objects, takenOver), []);
  }
});
