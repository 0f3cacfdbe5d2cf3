import assert from "node:assert/strict";
import { test } from "node:test";
import type { KnativeService } from "./apply-policy.ts";
import { writeBaselineService } from "./own-services.ts";

test("the baseline Service differs from the function's only in image, probe, name and service name of its spans", () => {
  const container = {
    image: "shop/currencyservice",
    env: [{ name: "LOG_LEVEL", value: "info" }],
    readinessProbe: { grpc: { port: 8080 } },
    resources: { limits: { cpu: "1000m" } },
  };
  const service = {
    apiVersion: "serving.knative.dev/v1",
    kind: "Service",
    metadata: { name: "currencyservice", namespace: "shop", labels: { part: "shop" } },
    spec: {
      template: {
        metadata: { name: "currencyservice-00007", annotations: { window: "6s" } },
        spec: { timeoutSeconds: 60, containers: [container] },
      },
    },
  } as unknown as KnativeService;
  const written = JSON.parse(JSON.stringify(writeBaselineService(service, "shop/baseline")));
  const name = "currencyservice-baseline";
  assert.equal(written.metadata.name, name);
  assert.equal(written.metadata.labels.part, "shop");
  assert.deepEqual(written.spec.template, {
    metadata: { annotations: { window: "6s" } },
    spec: {
      timeoutSeconds: 60,
      containers: [
        {
          image: "shop/baseline",
          env: [...container.env, { name: "OTEL_SERVICE_NAME", value: name }],
          resources: container.resources,
        },
      ],
    },
  });
});
