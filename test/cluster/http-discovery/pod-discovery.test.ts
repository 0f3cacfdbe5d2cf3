import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { createDiscovery, describeTargets } from "./pod-discovery.ts";

test("each port of a pod is a target with the labels of Kubernetes discovery", () => {
  const groups = describeTargets([
    {
      metadata: {
        name: "cart-1",
        namespace: "shop",
        labels: { "serving.knative.dev/service": "cartservice" },
      },
      spec: {
        containers: [
          { name: "user-container", ports: [{ name: "user-port", containerPort: 8080 }] },
          { name: "queue-proxy" },
        ],
      },
      status: {
        podIP: "10.0.0.7",
        phase: "Running",
        conditions: [{ type: "Ready", status: "True" }],
      },
    },
  ]);
  assert.equal(groups.length, 1);
  assert.deepEqual(groups[0]?.targets, ["10.0.0.7:8080"]);
  const labels: Record<string, string> = groups[0]?.labels ?? {};
  assert.equal(labels.__meta_kubernetes_pod_label_serving_knative_dev_service, "cartservice");
  assert.equal(labels.__meta_kubernetes_pod_ready, "true");
  assert.equal(labels.__meta_kubernetes_pod_container_port_number, "8080");
});

test("the label of a pod shows that it is not ready", () => {
  const [group] = describeTargets([
    {
      metadata: { name: "a", namespace: "shop" },
      spec: { containers: [{ name: "c", ports: [{ containerPort: 1 }] }] },
      status: { phase: "Pending" },
    },
  ]);
  assert.deepEqual(group?.targets, []);
  assert.equal(group?.labels.__meta_kubernetes_pod_ready, "false");
});

test("responds with 503 without a service account", async (t) => {
  const server = createDiscovery().listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  assert.equal((await fetch(url)).status, 503);
  assert.equal((await fetch(`${url}/?namespaces=a`)).status, 503);
});
