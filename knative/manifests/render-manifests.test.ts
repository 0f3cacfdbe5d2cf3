import assert from "node:assert/strict";
import { test } from "node:test";
import {
  formatObjects,
  functionsWithoutImage,
  parseObjects,
  resourceOf,
  retarget,
} from "./render-manifests.ts";

const written = parseObjects(`
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: serving.knative.dev/v1
kind: Service
metadata: { name: adservice, namespace: shop }
spec:
  template:
    spec:
      containers:
        - image: shop/adservice
          env:
            - { name: CART_SERVICE_ADDR, value: "cartservice.shop.svc.cluster.local:80" }
            - { name: K_SINK, value: "http://broker-ingress.knative-eventing.svc.cluster.local/shop/default" }
      volumes:
        - name: identity
          projected: { sources: [{ serviceAccountToken: { audience: eventing.knative.dev/broker/shop/default } }] }
---
apiVersion: batch/v1
kind: CronJob
metadata: { name: checkoutservice-sweep, namespace: shop }
spec: { jobTemplate: { spec: { template: { spec: { containers: [{ image: shop/checkoutservice }] } } } } }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: config-tracing, namespace: knative-serving }
`);

const images = {
  adservice: "registry.example/team/adservice:7",
  checkoutservice: "registry.example/team/checkoutservice:7",
};

test("another namespace replaces the shop's in names, addresses, the broker's path and audience", () => {
  const text = JSON.stringify(retarget(written, { namespace: "other", images: {} }));
  assert.match(text, /"kind":"Namespace","metadata":\{"name":"other"\}/);
  assert.match(text, /cartservice\.other\.svc\.cluster\.local:80/);
  assert.match(text, /knative-eventing\.svc\.cluster\.local\/other\/default/);
  assert.match(text, /"audience":"eventing\.knative\.dev\/broker\/other\/default"/);
  assert.match(text, /"namespace":"knative-serving"/);
  assert.doesNotMatch(text, /"namespace":"shop"/);
});

test("images replace the manifests' names and those of an overlay", () => {
  const set = retarget(written, { namespace: "shop", images });
  assert.match(JSON.stringify(set), /"image":"registry\.example\/team\/adservice:7"/);
  assert.match(JSON.stringify(set), /"image":"registry\.example\/team\/checkoutservice:7"/);
  assert.deepEqual(functionsWithoutImage(set), []);
  assert.deepEqual(functionsWithoutImage(written), ["adservice", "checkoutservice"]);
  const overlaid = { adservice: "registry.example:5000/shop/adservice@sha256:ab" };
  const twice = retarget(retarget(written, { namespace: "shop", images: overlaid }), {
    namespace: "shop",
    images,
  });
  assert.match(JSON.stringify(twice), /"image":"registry\.example\/team\/adservice:7"/);
});

test("a stream for kubectl, which reads YAML 1.1, keeps texts that are booleans there", () => {
  const object = { kind: "ConfigMap", metadata: { name: "x" }, data: { a: "yes", b: "on" } };
  assert.match(formatObjects([object]), /^data:\n {2}a: "yes"\n {2}b: "on"$/m);
});

test("resources have the names of the API server", () => {
  const name = (apiVersion: string, kind: string) =>
    resourceOf({ apiVersion, kind, metadata: { name: "x" } });
  assert.equal(name("v1", "Secret"), "secrets");
  assert.equal(name("networking.k8s.io/v1", "NetworkPolicy"), "networkpolicies.networking.k8s.io");
  assert.equal(name("serving.knative.dev/v1", "Service"), "services.serving.knative.dev");
});
