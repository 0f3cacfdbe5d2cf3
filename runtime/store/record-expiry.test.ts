import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { configureLog } from "../log.ts";
import { recordStoresForTest } from "./fixtures/record-stores.ts";
import { listKeys } from "./fixtures/redis-for-test.ts";
import { Redis } from "./redis.ts";

configureLog({ level: "error" });
const [sqlite, redis] = await recordStoresForTest();
assert.ok(sqlite && redis);
const write = (value: string, tag: string, expiresAtMs: number) => ({
  value,
  expiresAtMs,
  tags: ["all", tag],
  sortMs: 1,
});

test("SQLite: removes expired records and their tags at the start, bytes included", async (t) => {
  let nowMs = 1_790_000_000_000;
  const options = { name: "orders", format: 1, now: () => nowMs } as const;
  const path = join(sqlite.configOf(t).dataDirectory, "orders.sqlite");
  const store = sqlite.open(t, options);
  await store.replace("old", undefined, write("old text", "old tag", nowMs + 1000));
  await store.replace("new", undefined, write("new text", "new tag", nowMs + 10_000_000));
  await store.close();
  assert.ok(readFileSync(path).includes("old text"));

  nowMs += 5000;
  const next = sqlite.open(t, options);
  await next.verify();
  await next.close();
  const bytes = readFileSync(path);
  for (const text of ["old text", "old tag"]) assert.equal(bytes.includes(text), false, text);
  for (const text of ["new text", "new tag"]) assert.equal(bytes.includes(text), true, text);
});

test("SQLite: removes expired records while it runs", async (t) => {
  const { DatabaseSync } = await import("node:sqlite");
  let nowMs = 1_790_000_000_000;
  const store = sqlite.open(t, { name: "orders", format: 1, now: () => nowMs });
  await store.replace("old", undefined, write("old", "a", nowMs + 1000));
  nowMs += 3_600_000;
  await store.replace("new", undefined, write("new", "a", nowMs + 1000));
  const database = new DatabaseSync(join(sqlite.configOf(t).dataDirectory, "orders.sqlite"));
  t.after(() => database.close());
  const rows = database.prepare("SELECT DISTINCT key FROM tags").all();
  assert.deepEqual(
    rows.map(({ key }) => key),
    ["new"],
  );
});

const redisOptions = { name: "orders", format: 1, now: Date.now } as const;

test("Redis: keys expire with their records, without another call", {
  skip: redis.skip,
}, async (t) => {
  const store = redis.open(t, redisOptions);
  const { redis: address } = redis.configOf(t);
  assert.ok(address);
  const client = new Redis({ ...address, scripts: {} });
  t.after(() => client.close());
  const keys = () => listKeys(client, "orders:*");
  // Both connections are open before the time starts.
  await Promise.all([keys(), store.ping()]);
  const endMs = Date.now() + 1000;
  await store.replace("long", undefined, write("long", "a", endMs));
  await store.replace("short", undefined, write("short", "a", endMs - 500));
  assert.equal((await keys()).length, 6);
  while ((await keys()).length > 1) {
    assert.ok(Date.now() < endMs + 5000, `keys are left: ${await keys()}`);
    await delay(20);
  }
  assert.deepEqual(await keys(), ["orders:format"]);
});

test("Redis: removes expired records from lists that others keep alive", {
  skip: redis.skip,
}, async (t) => {
  const store = redis.open(t, redisOptions);
  const { redis: address } = redis.configOf(t);
  assert.ok(address);
  const client = new Redis({ ...address, scripts: {} });
  t.after(() => client.close());
  const endMs = Date.now() + 60_000;
  // More than one script removes at once.
  const expiring = Array.from({ length: 250 }, (_, index) => `short ${index}`);
  await Promise.all(
    expiring.map((key) => store.replace(key, undefined, write(key, "a", Date.now() + 50))),
  );
  await store.replace("long", undefined, write("long", "a", endMs));
  while ((await client.command("DBSIZE", (each) => each.dbsize())) > 5) {
    assert.ok(Date.now() < endMs);
    await delay(10);
  }
  // A record with the key of an expired one stays in its lists.
  await store.replace("short 249", undefined, write("again", "b", endMs));
  assert.equal(await store.count("all"), 2);
  assert.equal(await store.count("a"), 1);
  assert.equal(await store.count("b"), 1);
  const members = await client.command("ZRANGE", (each) => each.zrange("orders:list:a", "0", "-1"));
  assert.deepEqual(members, ["long"]);
  assert.equal(await client.command("ZCARD", (each) => each.zcard("orders:expiry")), 2);
});

test("Redis: full memory refuses new records; others can be changed and removed", {
  skip: redis.skip,
}, async (t) => {
  const store = redis.open(t, redisOptions);
  const { redis: address } = redis.configOf(t);
  assert.ok(address);
  const operator = new Redis({ ...address.readAdmin(), scripts: {} });
  t.after(() => operator.close());
  const endMs = Date.now() + 60_000;
  await store.replace("k", undefined, write("one", "a", endMs));
  await operator.command("CONFIG", (each) => each.config("SET", "maxmemory", "1mb"));
  const refusal = { name: "StoreError", unreachable: true, message: /OOM/ };
  await assert.rejects(store.replace("new", undefined, write("new", "b", endMs)), refusal);
  assert.equal(await store.count("b"), 0);
  assert.equal(await store.get("new"), undefined);
  assert.equal(await store.replace("k", "one", write("two", "b", endMs)), true);
  assert.deepEqual(await store.list("all", { limit: 5, order: "newest" }), ["two"]);
  assert.deepEqual(await store.list("b", { limit: 5, order: "newest" }), ["two"]);
  assert.equal(await store.remove("k", "two"), true);
});
