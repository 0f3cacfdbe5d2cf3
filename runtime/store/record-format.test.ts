import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { configureLog } from "../log.ts";
import { recordStoresForTest } from "./fixtures/record-stores.ts";
import { Redis } from "./redis.ts";
import type { StoreConfig } from "./store-config.ts";

configureLog({ level: "error" });
const options = (format: number) => ({ name: "orders", format, now: Date.now }) as const;
const write = (value: string) => ({
  value,
  expiresAtMs: Date.now() + 60_000,
  tags: ["all"],
  sortMs: 1,
});

const stores = await recordStoresForTest();

for (const { name, skip, open, configOf } of stores) {
  test(`${name}: refuses data of a newer format and changes nothing`, { skip }, async (t) => {
    const newer = open(t, options(3));
    await newer.replace("k", undefined, write("one"));
    const store = open(t, options(2));
    const { dataDirectory, redis } = configOf(t);
    const place = redis
      ? new RegExp(`^Redis at ${redis.address}: key orders:format is "3", .* up to 2: .*orders:`)
      : new RegExp(`^SQLite file orders.sqlite: its format is 3, .* up to 2: .*${dataDirectory}/`);
    await assert.rejects(store.verify(), (error: Error) => {
      assert.equal(error.name, "ConfigError");
      assert.match(error.message, place);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });
    const refusal = { name: "StoreError", unreachable: false, message: /format/ };
    await assert.rejects(store.replace("k", "one", write("two")), refusal);
    await assert.rejects(store.replace("new", undefined, write("two")), refusal);
    await assert.rejects(store.remove("k", "one"), refusal);
    await newer.verify();
    assert.equal(await newer.get("k"), "one");
    assert.equal(await newer.count("all"), 1);
  });

  test(`${name}: refuses writes after a newer release has written`, { skip }, async (t) => {
    const old = open(t, options(1));
    await old.replace("k", undefined, write("one"));
    const newer = open(t, options(2));
    await newer.verify();
    await newer.replace("k", "one", write("two"));
    await assert.rejects(old.replace("k", "two", write("three")), { unreachable: false });
    await assert.rejects(old.verify(), { name: "ConfigError" });
    assert.equal(await newer.get("k"), "two");
  });
}

const sqlite = stores.find(({ name }) => name === "SQLite");
const redis = stores.find(({ name }) => name === "Redis");
assert.ok(sqlite && redis);

test("SQLite: refuses a damaged file by its path and leaves it as it is", async (t) => {
  const path = join(sqlite.configOf(t).dataDirectory, "orders.sqlite");
  const seed = sqlite.open(t, options(1));
  await seed.replace("k", undefined, write("one"));
  await seed.close();
  const whole = readFileSync(path);
  const damages: [Buffer, RegExp][] = [
    [Buffer.from("this is not a database, but long enough to be one"), /not a database/],
    [Buffer.concat([whole.subarray(0, 100), Buffer.alloc(whole.length - 100, 0xff)]), /malformed/],
  ];
  for (const [bytes, reason] of damages) {
    writeFileSync(path, bytes);
    const store = sqlite.open(t, options(1));
    await assert.rejects(store.verify(), (error: Error) => {
      assert.equal(error.name, "ConfigError");
      assert.match(error.message, reason);
      assert.ok(error.message.includes(path), error.message);
      return true;
    });
    await store.close();
    assert.deepEqual(readFileSync(path), bytes);
  }
});

test("SQLite: refuses a file that cannot be opened, by its path", async (t) => {
  const path = join(sqlite.configOf(t).dataDirectory, "orders.sqlite");
  mkdirSync(path);
  await assert.rejects(sqlite.open(t, options(1)).verify(), (error: Error) => {
    assert.equal(error.name, "ConfigError");
    assert.ok(error.message.includes(path), error.message);
    return true;
  });
});

test("SQLite: does not refuse the data if the file is locked", async (t) => {
  const store = sqlite.open(t, options(1));
  await store.ping();
  const { DatabaseSync } = await import("node:sqlite");
  const lock = new DatabaseSync(join(sqlite.configOf(t).dataDirectory, "orders.sqlite"));
  t.after(() => lock.close());
  lock.exec("BEGIN IMMEDIATE");
  await store.verify();
});

test("Redis: refuses a format that is not a number, by its key", {
  skip: redis.skip,
}, async (t) => {
  const client = openRedis(t, redis.configOf(t));
  const key = "orders:format";
  await client.command("SET", (each) => each.set(key, "soon"));
  const refusal = { name: "ConfigError", message: /key orders:format is "soon"/ };
  await assert.rejects(redis.open(t, options(1)).verify(), refusal);
  await client.command("DEL", (each) => each.del(key));
  await client.command("LPUSH", (each) => each.lpush(key, "1"));
  const wrongType = { name: "ConfigError", message: /key orders:format is "not a number"/ };
  await assert.rejects(redis.open(t, options(1)).verify(), wrongType);
  const store = redis.open(t, options(1));
  await assert.rejects(store.replace("k", undefined, write("one")), { unreachable: false });
});

test("Redis: does not refuse the data if the server is away or refuses the password", {
  skip: redis.skip,
}, async (t) => {
  const config = redis.configOf(t);
  assert.ok(config.redis);
  for (const change of [{ address: "127.0.0.1:1" }, { password: "not-the-secret" }]) {
    const { createRecordStore } = await import("./create-record-store.ts");
    const address = { ...config.redis, ...change };
    const store = createRecordStore({ ...config, redis: address }, options(1));
    t.after(() => store.close());
    await store.verify();
    await assert.rejects(store.ping(), { name: "StoreError" });
  }
});

function openRedis(t: TestContext, config: StoreConfig): Redis {
  assert.ok(config.redis);
  const client = new Redis({ ...config.redis, scripts: {} });
  t.after(() => client.close());
  return client;
}
