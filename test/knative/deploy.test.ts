import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { applyKeys, releaseKeys } from "#knative/deploy/config-keys.ts";
import { createClients } from "../clients.ts";
import { poll } from "../poll.ts";
import { cluster, kubectl, skip } from "./cluster.ts";

const root = join(import.meta.dirname, "..", "..");

async function createNamespace(t: { after(clean: () => unknown): void }): Promise<string> {
  const name = `shop-test-${randomUUID().slice(0, 8)}`;
  await kubectl.read(["create", "namespace", name]);
  t.after(() => kubectl.run(["delete", "namespace", name, "--wait=false"]));
  return name;
}

function runShop(args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
  const options = { cwd: root, env, encoding: "utf8", timeout: 120_000 } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["cli/shop.ts", ...args], options);
  return { status, stdout, stderr };
}

test("who may not deploy reads what they may not, in a line each, and nothing is changed", {
  skip,
}, async (t) => {
  const namespace = await createNamespace(t);
  const folder = mkdtempSync(join(tmpdir(), "shop-kubeconfig-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "config");
  writeFileSync(path, await createKubeconfig(namespace));
  const args = ["--overlay", "testbed", "--namespace", namespace];
  const { status, stderr } = runShop(["deploy", ...args], { ...process.env, KUBECONFIG: path });
  assert.equal(status, 2);
  const lines = stderr.trim().split("\n");
  const wanted = /^(shop: )?you may not create or patch [a-z.0-9]+ in namespace shop-test-/;
  assert.deepEqual(
    lines.filter((line) => !wanted.test(line)),
    [],
  );
  assert.ok(lines.some((line) => line.includes(" services.serving.knative.dev ")));
});

// Of a service account that may do nothing.
async function createKubeconfig(namespace: string): Promise<string> {
  await kubectl.read(["create", "serviceaccount", "nobody", "-n", namespace]);
  const token = (await kubectl.read(["create", "token", "nobody", "-n", namespace])).trim();
  const view = ["config", "view", "--raw", "--minify", "--flatten"];
  const config = (await kubectl.readJson(view)) as { clusters: { name: string }[] };
  const context = { cluster: config.clusters[0]?.name, user: "nobody" };
  return JSON.stringify({
    ...config,
    users: [{ name: "nobody", user: { token } }],
    contexts: [{ name: "nobody", context }],
    "current-context": "nobody",
  });
}

test("a user's own keys stay as they are, and undeploy gives back all of the shop's", {
  skip,
}, async (t) => {
  const namespace = await createNamespace(t);
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

test("no cart that was acknowledged is lost while Redis and cartservice restart", {
  skip,
}, async (t) => {
  const { internalGateway, namespace } = cluster;
  const shop = createClients(
    () => internalGateway,
    (name) => `${name}.${namespace}.svc.cluster.local`,
  );
  t.after(() => shop.close());
  const item = { productId: "6E92ZMYYFZ", quantity: 1 };
  // A user for each item: an attempt that failed may have been done, so only a cart tells.
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
    const shutDown = 'REDISCLI_AUTH="$REDIS_PASSWORD" redis-cli shutdown nosave';
    const before = await countRedisRestarts();
    await kubectl.run(["exec", "-n", namespace, "redis-0", "--", "sh", "-c", shutDown]);
    await poll(
      async () => ((await countRedisRestarts()) > before ? true : undefined),
      () => "Redis did not start again",
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
  // Nothing but "try again", and what waited too long for a pod.
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

// In between no more are acknowledged for a while.
async function pollForMore(acknowledged: readonly string[], count: number): Promise<void> {
  const before = acknowledged.length;
  await poll(
    async () => (acknowledged.length >= before + count ? true : undefined),
    () => `${acknowledged.length - before} carts were acknowledged`,
    120_000,
  );
}
