import assert from "node:assert/strict";
import { test } from "node:test";
import { poll } from "../fixtures/poll.ts";
import { cluster, GatewayVisitor, kubectl, skip } from "./fixtures/cluster.ts";
import { runRedisCli } from "./fixtures/redis-cli.ts";

const { namespace } = cluster;

async function restartsOfRedis(): Promise<number> {
  const pod = (await kubectl.readJson(["get", "pod", "redis-0", "-n", namespace])) as {
    status: { containerStatuses?: { restartCount: number; ready: boolean }[] };
  };
  const [container] = pod.status.containerStatuses ?? [];
  return container?.ready ? container.restartCount : -1;
}

async function showsMug(visitor: GatewayVisitor): Promise<true | undefined> {
  const { status, body } = await visitor.get("/cart");
  return status === 200 && body.includes("/product/6E92ZMYYFZ") ? true : undefined;
}

test("a cart is kept across restarts of cartservice and Redis", { skip }, async () => {
  const visitor = new GatewayVisitor();
  const added = await visitor.post("/cart", { product_id: "6E92ZMYYFZ", quantity: "3" });
  assert.equal(added.status, 302);

  const selector = "serving.knative.dev/service=cartservice";
  await kubectl.read(["delete", "pods", "-n", namespace, "-l", selector, "--wait=false"]);
  await poll(
    () => showsMug(visitor),
    () => "the cart is empty after the restart of cartservice",
    60_000,
  );

  const before = await restartsOfRedis();
  // Without saving: acknowledged changes have to be in the append-only file already.
  await runRedisCli("shutdown", "nosave");
  await poll(
    async () => ((await restartsOfRedis()) > before ? true : undefined),
    () => "Redis did not restart",
    90_000,
  );
  await poll(
    () => showsMug(visitor),
    () => "the cart is empty after the restart of Redis",
    60_000,
  );
});
