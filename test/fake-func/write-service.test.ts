import assert from "node:assert/strict";
import { test } from "node:test";
import { readManifest } from "#manifest/manifest.ts";
import { rewriteAsFunc, writeAsFunc, writeTriggersAsFunc } from "./write-service.ts";

const built = new Date("2026-11-24T10:20:30.456Z");
const func = readManifest("cartservice");

interface Spec {
  template: {
    metadata: { labels: Record<string, string>; annotations: Record<string, string> };
    spec: { containers: [Record<string, unknown>]; volumes: { name: string }[] };
  };
}

test("func creates a Service with HTTP probes and no port", () => {
  const { metadata, spec } = writeAsFunc(func, "registry/cart@sha256:0", built);
  const { template } = spec as unknown as Spec;
  const [container] = template.spec.containers;
  assert.equal("ports" in container, false);
  const probe = (path: string) => ({ httpGet: { path, port: 8080 } });
  assert.deepEqual(container.readinessProbe, probe("/health/readiness"));
  assert.deepEqual(container.livenessProbe, probe("/health/liveness"));
  assert.deepEqual(container.env, [
    { name: "BUILT", value: "20261124T102030" },
    { name: "CART_TTL", value: "48h" },
    { name: "ADDRESS", value: "0.0.0.0" },
  ]);
  // Knative's webhook refuses the scale's annotations on the Service itself.
  const scaled = (annotations = {}) =>
    Object.keys(annotations).filter((key) => key.startsWith("autoscaling.knative.dev/"));
  assert.deepEqual(scaled(metadata.annotations), []);
  assert.deepEqual(scaled(template.metadata.annotations), [
    "autoscaling.knative.dev/min-scale",
    "autoscaling.knative.dev/max-scale",
    "autoscaling.knative.dev/metric",
    "autoscaling.knative.dev/target",
  ]);
  assert.equal(template.metadata.annotations["autoscaling.knative.dev/target"], "50.000000");
});

test("a function that is internal to the cluster is never public, not even before kn runs", () => {
  const { metadata } = writeAsFunc(func, "registry/cart", built);
  assert.equal(metadata.labels?.["networking.knative.dev/visibility"], "cluster-local");
});

test("the next deploy keeps the port and removes the fields that kn has set", () => {
  const live = writeAsFunc(func, "registry/cart:1", built);
  const { template } = live.spec as unknown as Spec;
  template.spec.containers[0].ports = [{ name: "h2c", containerPort: 8080 }];
  template.metadata = {
    labels: { ...template.metadata.labels, mine: "1" },
    annotations: { ...template.metadata.annotations, "autoscaling.knative.dev/window": "15s" },
  };
  live.metadata.annotations = { "serving.knative.dev/creator": "somebody" };
  const next = rewriteAsFunc(live, func, "registry/cart:2", new Date("2026-11-24T11:00:00Z"));
  const { metadata, spec } = (next.spec as unknown as Spec).template;
  assert.deepEqual(spec.containers[0].ports, [{ name: "h2c", containerPort: 8080 }]);
  assert.equal(spec.containers[0].image, "registry/cart:2");
  assert.equal(metadata.annotations["autoscaling.knative.dev/window"], undefined);
  assert.equal(metadata.labels.mine, undefined);
  assert.equal(next.metadata.annotations?.["serving.knative.dev/creator"], "somebody");
  assert.notDeepEqual(spec.volumes, template.spec.volumes);
});

test("the subscriber of func's Triggers is the function itself", () => {
  const [trigger] = writeTriggersAsFunc(readManifest("emailservice"));
  assert.deepEqual(trigger?.spec, {
    broker: "default",
    filter: { attributes: { type: "com.hipstershop.order.placed.v1" } },
    subscriber: {
      ref: { apiVersion: "serving.knative.dev/v1", kind: "Service", name: "emailservice" },
    },
  });
});
