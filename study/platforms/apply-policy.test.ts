import assert from "node:assert/strict";
import { test } from "node:test";
import { applyPolicy, dependenciesOf, hasSink, type Template } from "./apply-policy.ts";

const base: Template = {
  metadata: {
    labels: { app: "x" },
    annotations: { "autoscaling.knative.dev/window": "60s", other: "kept" },
  },
  spec: {
    containerConcurrency: 0,
    containers: [
      {
        image: "shop/x",
        env: [
          { name: "CART_SERVICE_ADDR", value: "cartservice.shop.svc.cluster.local:80" },
          { name: "PREWARM", value: "graph" },
        ],
      },
    ],
  },
};

const policy = {
  windowMs: 6000,
  retentionMs: 15_000,
  scaleDownDelayMs: 0,
  minScale: 0,
  prewarm: "off",
} as const;

test("a policy sets annotations, concurrency and environment, and keeps everything else", () => {
  const { metadata, spec } = applyPolicy("x", base, {
    ...policy,
    burstCapacity: -1,
    concurrency: 10,
  });
  assert.deepEqual(metadata?.annotations, {
    "autoscaling.knative.dev/window": "6s",
    "autoscaling.knative.dev/scale-to-zero-pod-retention-period": "15s",
    "autoscaling.knative.dev/scale-down-delay": "0s",
    "autoscaling.knative.dev/min-scale": "0",
    "autoscaling.knative.dev/target-burst-capacity": "-1",
    other: "kept",
  });
  assert.equal(spec.containerConcurrency, 10);
  assert.deepEqual(spec.containers[0]?.env?.slice(-2), [
    { name: "PREWARM", value: "off" },
    { name: "RESPONSE_CACHE", value: "off" },
  ]);
  assert.equal(spec.containers[0].env.length, 3);
});

test("the same policy gives the same revision, another policy or image another one", () => {
  const nameOf = (template: Template, changes = {}) =>
    applyPolicy("x", template, { ...policy, ...changes }).metadata?.name;
  assert.equal(nameOf(base), nameOf(base));
  assert.match(nameOf(base) ?? "", /^x-s[0-9a-f]{8}$/);
  assert.notEqual(nameOf(base), nameOf(base, { prewarm: "graph" }));
  assert.notEqual(nameOf(base), nameOf(base, { responseCache: "on" }));
  const [container] = base.spec.containers;
  const other = { ...base, spec: { containers: [{ ...container, image: "shop/y" }] } };
  assert.notEqual(nameOf(base), nameOf(other));
});

test("dependencies are the addresses in a template", () => {
  assert.deepEqual(dependenciesOf(base), ["cartservice"]);
});

test("a function with a sink sends events", () => {
  const [container] = base.spec.containers;
  const env = [{ name: "K_SINK", value: "http://broker/shop/default" }];
  assert.equal(hasSink(base), false);
  assert.equal(hasSink({ spec: { containers: [{ image: "x", ...container, env }] } }), true);
});
