import assert from "node:assert/strict";
import { test } from "node:test";
import { type CartItem, CartServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "#runtime/client.ts";
import { startRedisForTest } from "#runtime/store/fixtures/redis-for-test.ts";
import { maxLines, maxQuantity } from "./cart-store.ts";
import { readConfig } from "./config.ts";
import { startCartService } from "./fixtures/cart-service.ts";
import { createRedisCartStore } from "./redis-cart-store.ts";

test("returns the empty message for an unknown user", async (t) => {
  const { client } = await startCartService(t);
  const cart = await client.getCart({ userId: "nobody" });
  assert.deepEqual(cart, { userId: "", items: [], version: undefined });
});

test("adds, sets and removes items, empties the cart, and returns the user id each time", async (t) => {
  const { client, add, set } = await startCartService(t);
  await add("A", 1);
  await add("B", 2);
  await add("A", 3);
  await set("B", 5);
  const items = [
    { productId: "A", quantity: 4 },
    { productId: "B", quantity: 5 },
  ];
  const { version: _, ...cart } = await client.getCart({ userId: "user" });
  assert.deepEqual(cart, { userId: "user", items });
  await set("A", 0);
  await client.emptyCart({ userId: "user" });
  await client.emptyCart({ userId: "user" });
  assert.deepEqual((await client.getCart({ userId: "user" })).items, []);
  await add("C", 1);
  assert.equal((await client.getCart({ userId: "user" })).userId, "user");
});

test("gives a cart a version that depends on its lines", async (t) => {
  const { client, add, set } = await startCartService(t);
  const version = async () => (await client.getCart({ userId: "user" })).version;
  await add("A", 1);
  const first = await version();
  assert.match(first ?? "", /^[0-9a-f-]{36}$/);
  await add("A", 1);
  assert.notEqual(await version(), first);
  await set("A", 1);
  assert.equal(await version(), first);
  await add("A", 1, "other");
  assert.equal((await client.getCart({ userId: "other" })).version, first);
});

const refusals: [title: string, userId: string, item: CartItem | undefined, message: string][] = [
  ["no user", "", { productId: "A", quantity: 1 }, "user_id is missing"],
  [
    "a huge user id",
    "u".repeat(257),
    { productId: "A", quantity: 1 },
    "user_id has 257 characters: expected at most 256",
  ],
  ["no item", "u", undefined, "item is missing"],
  ["no product", "u", { productId: "", quantity: 1 }, "item.product_id is missing"],
  [
    "a huge product id",
    "u",
    { productId: "p".repeat(257), quantity: 1 },
    "item.product_id has 257 characters: expected at most 256",
  ],
  [
    "a negative quantity",
    "u",
    { productId: "A", quantity: -1 },
    "item.quantity is -1: expected at least 1",
  ],
];

for (const [title, userId, item, message] of refusals) {
  test(`rejects an addition with ${title} with INVALID_ARGUMENT`, async (t) => {
    const { client } = await startCartService(t);
    await assert.rejects(client.addItem({ userId, item }), { code: "INVALID_ARGUMENT", message });
    const setMessage = message.replace("at least 1", "at least 0");
    await assert.rejects(client.setItemQuantity({ userId, item }), {
      code: "INVALID_ARGUMENT",
      message: setMessage,
    });
  });
}

test("rejects quantity 0, and reading or emptying a cart without a user id", async (t) => {
  const { client, add } = await startCartService(t);
  const refused = { code: "INVALID_ARGUMENT" };
  await assert.rejects(add("A", 0), refused);
  await assert.rejects(client.getCart({ userId: "" }), refused);
  await assert.rejects(client.emptyCart({ userId: "" }), refused);
});

test("rejects additions beyond the limits and keeps the cart", async (t) => {
  const { client, add } = await startCartService(t);
  await add("A", maxQuantity);
  await assert.rejects(add("A", 1), {
    code: "OUT_OF_RANGE",
    message: "cannot add that many of A: a cart can contain at most 2147483647 of a product",
  });
  for (let line = 1; line < maxLines; line += 1) await add(`P${line}`, 1);
  await assert.rejects(add("one more", 1), {
    code: "RESOURCE_EXHAUSTED",
    message: "cannot add one more: a cart can contain at most 100 different products",
  });
  const { items } = await client.getCart({ userId: "user" });
  assert.equal(items.length, maxLines);
  assert.deepEqual(items[0], { productId: "A", quantity: maxQuantity });
});

test("keeps all of 100 concurrent additions of two clients", async (t) => {
  const { add, address } = await startCartService(t);
  const other = createClient(CartServiceDefinition, address);
  t.after(() => other.close());
  const item = { productId: "A", quantity: 1 };
  const adds = Array.from({ length: 50 }, () => [
    add("A", 1),
    other.addItem({ userId: "user", item }),
  ]);
  await Promise.all(adds.flat());
  const { items } = await other.getCart({ userId: "user" });
  assert.deepEqual(items, [{ productId: "A", quantity: 100 }]);
});

test("answers UNAVAILABLE and is not ready while the store is unreachable", async (t) => {
  const nowhere = { address: "127.0.0.1:1", username: undefined, password: undefined };
  const store = createRedisCartStore({ ...nowhere, ttlMs: 1000 });
  const { add, address } = await startCartService(t, store);
  await assert.rejects(add("A", 1), {
    code: "UNAVAILABLE",
    message: /^Can't access cart storage\. Redis at 127\.0\.0\.1:1: connect ECONNREFUSED/,
  });
  const ready = await fetch(`http://${address}/health/readiness`);
  assert.equal(ready.status, 503);
});

test("retries reads during a restart of Redis", async (t) => {
  const redis = await startRedisForTest();
  if (!redis) return t.skip("redis-server is not installed");
  t.after(() => redis.stop());
  const { client } = await startCartService(t, createRedisCartStore({ ...redis, ttlMs: 60_000 }));
  await client.getCart({ userId: "user" });
  await redis.stop();
  const answer = client.getCart({ userId: "user" });
  await redis.restart();
  assert.deepEqual((await answer).items, []);
});

test("names each invalid variable of the configuration", () => {
  const { ttlMs, redis } = readConfig({});
  assert.equal(ttlMs, 172_800_000);
  assert.equal(redis, undefined);
  assert.equal(readConfig({ CART_TTL: "90m" }).ttlMs, 5_400_000);
  assert.throws(() => readConfig({ CART_TTL: "2 days", REDIS_ADDR: "redis://x" }), {
    name: "ConfigError",
    message: /^REDIS_ADDR is .*\nCART_TTL is "2 days": expected a duration/,
  });
  assert.throws(() => readConfig({ CART_TTL: "0" }), {
    name: "ConfigError",
    message: 'CART_TTL is "0": expected at least 1s',
  });
});
