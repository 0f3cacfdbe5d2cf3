import assert from "node:assert/strict";
import { test } from "node:test";
import type { KubeObject } from "#backends/kube-objects.ts";
import { markRetry } from "./apply-manifests.ts";

const service: KubeObject = {
  apiVersion: "serving.knative.dev/v1",
  kind: "Service",
  metadata: { name: "adservice" },
  spec: { template: { spec: { containers: [{ image: "shop/adservice" }] } } },
};

test("a Service that has failed gets a new revision, and a later run keeps it", () => {
  const failed = structuredClone(service);
  failed.status = { conditions: [{ type: "Ready", status: "False" }] };
  const retried = markRetry(service, [failed], new Date(0));
  assert.match(JSON.stringify(retried), /"hipstershop.dev\/retried-at":"1970-01-01T00:00:00.000Z"/);
  const healthy = structuredClone(retried);
  healthy.status = { conditions: [{ type: "Ready", status: "True" }] };
  assert.deepEqual(markRetry(service, [healthy], new Date(9)), retried);
  assert.deepEqual(markRetry(service, [], new Date(9)), service);
});
