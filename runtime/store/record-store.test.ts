import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { configureLog } from "../log.ts";
import { createMemoryRecordStore, type MemoryRecords } from "./fixtures/memory-record-store.ts";
import { recordStoresForTest } from "./fixtures/record-stores.ts";
import { listKeys } from "./fixtures/redis-for-test.ts";
import { describeRecordStore } from "./record-store.suite.ts";
import { Redis } from "./redis.ts";
import type { RedisAddress } from "./store-config.ts";

configureLog({ level: "error" });
let passedMs = 0;
const now = () => Date.now() + passedMs;
const advance = async (milliseconds: number) => {
  passedMs += milliseconds;
};
const memories = new WeakMap<TestContext, MemoryRecords>();

describeRecordStore({
  name: "memory",
  skip: undefined,
  open: (t) => {
    const records = memories.get(t) ?? new Map();
    memories.set(t, records);
    return createMemoryRecordStore({ records, now });
  },
  now,
  pass: advance,
});

for (const { name, skip, open, configOf } of await recordStoresForTest()) {
  let test: TestContext | undefined;
  const isRedis = name === "Redis";
  const clock = isRedis ? Date.now : now;
  describeRecordStore({
    name,
    skip,
    open: (t) => {
      test = t;
      return open(t, { name: "orders", format: 1, now: clock });
    },
    now: clock,
    pass: isRedis ? (milliseconds) => age(test && configOf(test).redis, milliseconds) : advance,
  });
}

// Redis uses its own clock, so the remaining lifetime of each key is shortened instead.
async function age(address: RedisAddress | undefined, milliseconds: number): Promise<void> {
  assert.ok(address);
  const redis = new Redis({ ...address, scripts: {} });
  const keys = await listKeys(redis, "orders:*");
  await redis.command("PEXPIRE", async (client) => {
    for (const key of keys) {
      const leftMs = await client.pttl(key);
      if (leftMs > 0) await client.pexpire(key, leftMs - milliseconds);
    }
    for (const entry of await client.zrange("orders:expiry", "0", "-1")) {
      await client.zincrby("orders:expiry", String(-milliseconds), entry);
    }
  });
  await redis.close();
}
