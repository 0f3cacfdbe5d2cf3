import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { applyKeys, releaseKeys } from "#knative/platform-config/config-keys.ts";
import { createClients } from "../fixtures/clients.ts";
import { poll } from "../fixtures/poll.ts";
import { cluster, kubectl, skip } from "./fixtures/cluster.ts";
import { createTestNamespace } from "./fixtures/namespace.ts";
import { runRedisCli } from "./fixtures/redis-cli.ts";

test("a user's own keys are kept, and undeploy restores all that the shop changed", {
  skip,
}, async (t) => {
  const namespace = await createTestNamespace(t);
  const map = { name: "config-observability", namespace };
  const own = { _example: "text", "tracing-endpoint": "http://mine", "max-scale": "3" };
  const input = JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: map, data: own });
  await kubectl.read(["apply", "--server-side", "--field-manager=user", "-f", "-"], { input });
  const read = async () => {
    const found = await kubectl.readJson(["get", "cm", map.name, "-n", namespace]);
    return (found as { data: Record<string, string> }).data;
  };

  const wanted = { "tracing-protocol": "grpc", "metrics-protocol": "prometheus" };
  const free = await applyKeys(kubectl, { ...map, data: wanted });
  assert.deepEqual([free.conflicts.size, free.refusal], [0, undefined]);
  assert.deepEqual(await read(), { ...own, ...wanted });

  const data = { ...wanted, "tracing-endpoint": "http://jaeger" };
  const { conflicts, refusal } = await applyKeys(kubectl, { ...map, data });
  assert.deepEqual([...conflicts, refusal], [["tracing-endpoint", "user"], undefined]);
  assert.deepEqual(await read(), { ...own, "metrics-protocol": "prometheus" });

  assert.equal(await releaseKeys(kubectl, map), undefined);
  assert.deepEqual(await read(), own);
});

test("no acknowledged cart is lost while Redis and cartservice restart", {
  skip,
}, async (t) => {
  const { internalGateway, namespace } = cluster;
  const shop = createClients(
    () => internalGateway,
    (name) => `${name}.${namespace}.svc.cluster.local`,
  );
  t.after(() => shop.close());
  const item = { productId: "6E92ZMYYFZ", quantity: 1 };
  // A new user for each item, because a failed attempt may have added its item.
  const acknowledged: string[] = [];
  const codes = new Set<unknown>();
  let isDone = false;
  const shopOn = async () => {
    while (!isDone) {
      const userId = randomUUID();
      await shop.cart.addItem({ userId, item }).then(
        () => acknowledged.push(userId),
        ({ code }) => codes.add(code),
      );
    }
  };
  const visitors = Promise.all([shopOn(), shopOn(), shopOn()]);
  try {
    await pollForMore(acknowledged, 20);
    const before = await countRedisRestarts();
    await runRedisCli("shutdown", "nosave");
    await poll(
      async () => ((await countRedisRestarts()) > before ? true : undefined),
      () => "Redis did not restart",
      120_000,
    );
    await pollForMore(acknowledged, 20);
    const selector = "serving.knative.dev/service=cartservice";
    await kubectl.read(["delete", "pods", "-n", namespace, "-l", selector, "--wait=false"]);
    await pollForMore(acknowledged, 20);
  } finally {
    isDone = true;
    await visitors;
  }
  const lost: string[] = [];
  for (const userId of acknowledged) {
    const { items } = await shop.cart.getCart({ userId });
    if (items[0]?.quantity !== 1) lost.push(userId);
  }
  assert.deepEqual(lost, []);
  // Only codes for which a caller retries, or whose deadline passed while a pod started.
  assert.deepEqual(
    [...codes].filter((code) => code !== "UNAVAILABLE" && code !== "DEADLINE_EXCEEDED"),
    [],
  );
});

async function countRedisRestarts(): Promise<number> {
  const args = ["get", "pod", "redis-0", "-n", cluster.namespace, "-o"];
  return Number(
    await kubectl.read([...args, "jsonpath={.status.containerStatuses[0].restartCount}"]),
  );
}

// During a restart no items are acknowledged for some time.
async function pollForMore(acknowledged: readonly string[], count: number): Promise<void> {
  const before = acknowledged.length;
  await poll(
    async () => (acknowledged.length >= before + count ? true : undefined),
    () => `${acknowledged.length - before} carts were acknowledged`,
    120_000,
  );
}
