import assert from "node:assert/strict";
import { test } from "node:test";
import type { KubeObject } from "#backends/kube-objects.ts";
import { parseObjects } from "../manifests/render-manifests.ts";
import { awaitDeletion, countKinds, findShopTriggers, isForeign } from "./undeploy.ts";

const objects = parseObjects(`
apiVersion: serving.knative.dev/v1
kind: Service
metadata: { name: emailservice, namespace: shop }
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: { name: emailservice-0, namespace: shop }
spec: { broker: default, subscriber: { ref: { kind: Service, name: emailservice } } }
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: { name: emailservice-function-trigger-0, namespace: shop }
spec: { broker: default, subscriber: { ref: { kind: Service, name: emailservice, namespace: shop } } }
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: { name: analytics, namespace: shop }
spec: { broker: default, subscriber: { ref: { kind: Service, name: analytics } } }
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: { name: elsewhere, namespace: shop }
spec: { broker: default, subscriber: { ref: { kind: Service, name: emailservice, namespace: other } } }
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: { name: by-address, namespace: shop }
spec: { broker: default, subscriber: { uri: "http://emailservice.shop.svc" } }
`);

const isTrigger = ({ kind }: KubeObject) => kind === "Trigger";

test("a Trigger without the shop's label is deleted if its subscriber is one of the shop's functions", () => {
  const labelled = objects.filter(({ metadata }) => /^emailservice(-0)?$/.test(metadata.name));
  const found = findShopTriggers(objects.filter(isTrigger), labelled);
  assert.deepEqual(
    found.map(({ metadata }) => metadata.name),
    ["emailservice-function-trigger-0"],
  );
});

test("in a namespace without a shop no Trigger is deleted", () => {
  assert.deepEqual(findShopTriggers(objects.filter(isTrigger), []), []);
});

test("remaining objects are reported until none remains", async () => {
  const reads = ["pod/a pod/b service.serving.knative.dev/x", "pod/b", ""];
  const reported: string[] = [];
  const readRemaining = async () => countKinds((reads.shift() ?? "").split(" ").filter(Boolean));
  const onRemaining = (remaining: string) => reported.push(remaining);
  await awaitDeletion(readRemaining, onRemaining, { timeoutMs: 1000, pollMs: 1 });
  assert.deepEqual(reported, ["2 pod, 1 service.serving.knative.dev", "1 pod"]);
});

test("objects that remain after the timeout are named in the error", async () => {
  const options = { timeoutMs: 5, pollMs: 1 };
  await assert.rejects(
    awaitDeletion(
      async () => "1 pod",
      () => undefined,
      options,
    ),
    {
      name: "NotDeletedError",
      message: /^not deleted after 0\.005 s: 1 pod; .*run the command again$/,
    },
  );
});

test("only objects that belong neither to the shop nor to the cluster are foreign", () => {
  const object = (kind: string, name: string, labels = {}) => ({
    kind,
    metadata: { name, labels },
  });
  assert.equal(isForeign(object("ConfigMap", "kube-root-ca.crt")), false);
  assert.equal(
    isForeign(object("Secret", "a", { "app.kubernetes.io/part-of": "hipster-shop" })),
    false,
  );
  assert.equal(isForeign(object("Secret", "mine")), true);
});
