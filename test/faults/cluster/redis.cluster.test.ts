import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { poll } from "../../fixtures/poll.ts";
import { GatewayVisitor, skip } from "../../knative/fixtures/cluster.ts";
import { isFull } from "../counts.ts";
import { reportFigures } from "../figures.ts";
import { titleOf } from "./fixtures/pages.ts";
import { killPods } from "./fixtures/pods.ts";
import { awaitRedis, redisPods, runRedis, scaleRedis, useVolume } from "./fixtures/redis.ts";
import { runFault, settleOrders, warmUp } from "./fixtures/run-fault.ts";

const item = { product_id: "6E92ZMYYFZ", quantity: "3" };

describe("Redis", { skip }, () => {
  test("no acknowledged order is lost if Redis is killed", {
    skip: !isFull && "it needs a volume: only in the full run",
  }, async (t) => {
    const removeVolume = await useVolume();
    t.after(removeVolume);
    const { traffic, unmailed } = await runFault(
      t,
      "Redis killed, with a PersistentVolume",
      async () => {
        await killPods(redisPods);
        await awaitRedis();
      },
    );
    assert.deepEqual(traffic.wrongCarts, []);
    assert.deepEqual(unmailed, []);
  });

  test("home, product and search pages are served while Redis is down", async (t) => {
    await warmUp();
    const visitor = await visitWithCart();
    t.after(() => scaleRedis(1));
    await scaleRedis(0);
    const slowestMs: number[] = [];
    for (const path of ["/", `/product/${item.product_id}`, "/search?q=mug", "/", "/"]) {
      const startMs = performance.now();
      const { status, body } = await visitor.get(path);
      slowestMs.push(performance.now() - startMs);
      assert.equal(status, 200, path);
      assert.match(body, /class="cart-link"/);
      assert.doesNotMatch(body, /class="badge"/);
    }
    const refused = await describeRefusals(visitor);
    await scaleRedis(1);
    const restoredMs = await timeUntilOrder();
    const slowest = `slowest of the other pages ${Math.round(Math.max(...slowestMs))} ms`;
    const restored = `orders ${Math.round(restoredMs)} ms after it was ready`;
    reportFigures(t, "Redis down", `${refused}; ${slowest}; ${restored}`);
  });

  for (const [fault, start, end] of [
    [
      "Redis at maxmemory with noeviction",
      ["CONFIG", "SET", "maxmemory", "1"],
      ["CONFIG", "SET", "maxmemory", "192mb"],
    ],
    // Nothing listens there: Redis keeps its data, and refuses writes as a replica does.
    ["Redis read-only", ["REPLICAOF", "127.0.0.1", "1"], ["REPLICAOF", "NO", "ONE"]],
  ] as const) {
    test(`${fault}: carts and orders get a clear error, and nothing is half written`, async (t) => {
      await warmUp();
      await checkRefusals(t, fault, start, end);
    });
  }
});

async function visitWithCart(): Promise<GatewayVisitor> {
  const visitor = new GatewayVisitor();
  await visitor.post("/cart", item);
  await awaitCart(visitor);
  return visitor;
}

// After a fault, pages are without the number of items until the storefront's circuit breaker closes.
function awaitCart(visitor: GatewayVisitor): Promise<true> {
  return poll(
    async () => ((await visitor.get("/")).body.includes('class="badge">3<') ? true : undefined),
    () => "the header does not show the three items of the cart",
    15_000,
  );
}

async function checkRefusals(
  t: TestContext,
  fault: string,
  start: readonly string[],
  end: readonly string[],
): Promise<void> {
  const visitor = await visitWithCart();
  await runRedis(...start);
  let refused = "";
  try {
    refused = await describeRefusals(visitor);
    assert.equal((await visitor.get("/")).status, 200);
  } finally {
    await runRedis(...end);
  }
  const restoredMs = await timeUntilOrder();
  await settleOrders([]);
  // The cart has what it had before.
  await awaitCart(visitor);
  reportFigures(t, fault, `${refused}; orders ${Math.round(restoredMs)} ms after its end`);
}

/** Sends forms that write, each of which must get a page with an error. */
async function describeRefusals(visitor: GatewayVisitor): Promise<string> {
  const pages = {
    "POST /cart": await visitor.post("/cart", item),
    "POST /cart/checkout": await visitor.order(),
  };
  return Object.entries(pages)
    .map(([name, { status, body }]) => {
      const title = titleOf(body);
      assert.ok(status === 503 || status === 504, `${name}: ${status} ${title}`);
      return `${name} ${status} "${title}"`;
    })
    .join(", ");
}

async function timeUntilOrder(): Promise<number> {
  const startMs = performance.now();
  await warmUp();
  return performance.now() - startMs;
}
