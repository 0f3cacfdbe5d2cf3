import assert from "node:assert/strict";
import { test } from "node:test";
import { isReference } from "../registry/reference.ts";
import { pinImages } from "./pin-images.ts";

const digest = `sha256:${"0".repeat(64)}`;

function podOf(kind: string, apiVersion: string, image: string) {
  const template = { spec: { containers: [{ image }] } };
  const spec = kind === "CronJob" ? { jobTemplate: { spec: { template } } } : { template };
  return { kind, apiVersion, metadata: { name: "x" }, spec };
}

test("the images of pods that Knative does not create get the digests of their tags", () => {
  const image = "docker.io/library/redis:7.4-alpine";
  const digests = new Map([
    [image, digest],
    ["r.example/shop/checkoutservice:1", digest],
  ]);
  const { objects, lines } = pinImages(
    [
      podOf("StatefulSet", "apps/v1", image),
      podOf("CronJob", "batch/v1", "r.example/shop/checkoutservice:1"),
    ],
    digests,
  );
  const text = JSON.stringify(objects);
  for (const pinned of [`${image}@${digest}`, `r.example/shop/checkoutservice:1@${digest}`]) {
    assert.ok(text.includes(`"${pinned}"`), text);
    assert.ok(isReference(pinned));
  }
  assert.deepEqual(lines, [
    `image ${image} is ${digest}`,
    `image r.example/shop/checkoutservice:1 is ${digest}`,
  ]);
});

test("images with a digest, unknown ones and those of Knative Services stay as they are", () => {
  const image = "r.example/x:1";
  const unchanged = [
    podOf("Deployment", "apps/v1", `${image}@sha256:${"1".repeat(64)}`),
    podOf("Deployment", "apps/v1", "r.example/unreachable:1"),
    podOf("Service", "serving.knative.dev/v1", image),
    { kind: "ConfigMap", metadata: { name: "x" } },
  ];
  const { objects, lines } = pinImages(unchanged, new Map([[image, digest]]));
  assert.deepEqual(objects, unchanged);
  assert.deepEqual(lines, []);
});
