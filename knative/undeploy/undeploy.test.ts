import assert from "node:assert/strict";
import { test } from "node:test";
import type { KubeObject } from "#backends/kube-objects.ts";
import { parseObjects } from "../manifests/render-manifests.ts";
import { awaitGone, countKinds } from "./await-gone.ts";
import { findLedTriggers, isStranger } from "./undeploy.ts";

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

test("a Trigger without the shop's label goes if it leads to one of the shop's functions", () => {
  const labelled = objects.filter(({ metadata }) => /^emailservice(-0)?$/.test(metadata.name));
  const found = findLedTriggers(objects.filter(isTrigger), labelled);
  assert.deepEqual(
    found.map(({ metadata }) => metadata.name),
    ["emailservice-function-trigger-0"],
  );
});

test("in a namespace without a shop no Trigger goes", () => {
  assert.deepEqual(findLedTriggers(objects.filter(isTrigger), []), []);
});

test("reports the remaining objects until none is left", async () => {
  const looks = ["pod/a pod/b service.serving.knative.dev/x", "pod/b", ""];
  const reported: string[] = [];
  const onRemaining = (remaining: string) => reported.push(remaining);
  const look = async () => countKinds((looks.shift() ?? "").split(" ").filter(Boolean));
  await awaitGone(look, { timeoutMs: 1000, pollMs: 1, onRemaining });
  assert.deepEqual(reported, ["2 pod, 1 service.serving.knative.dev", "1 pod"]);
});

test("what does not go in time is named", async () => {
  const options = { timeoutMs: 5, pollMs: 1, onRemaining: () => undefined };
  await assert.rejects(
    awaitGone(async () => "1 pod", options),
    {
      name: "StillThereError",
      message: /^still there 0\.005 s after it was deleted: 1 pod; .*run the command again$/,
    },
  );
});

test("the namespace is kept only if it contains another user's objects", () => {
  const object = (kind: string, name: string, labels = {}) => ({
    kind,
    metadata: { name, labels },
  });
  assert.equal(isStranger(object("ConfigMap", "kube-root-ca.crt")), false);
  assert.equal(
    isStranger(object("Secret", "a", { "app.kubernetes.io/part-of": "hipster-shop" })),
    false,
  );
  assert.equal(isStranger(object("Secret", "mine")), true);
});
