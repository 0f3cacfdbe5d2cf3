import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, type TestContext, test } from "node:test";
import { configureLog } from "#runtime/log.ts";
import { startRedisForTest } from "#runtime/store/fixtures/redis-for-test.ts";
import { Redis } from "#runtime/store/redis.ts";
import { describeIdempotencyStore } from "./idempotency-store.suite.ts";
import { defaultLeaseMs as leaseMs, retentionMs } from "./idempotency-store.ts";
import { createRedisIdempotencyStore } from "./redis-idempotency-store.ts";
import { createSqliteIdempotencyStore } from "./sqlite-idempotency-store.ts";

configureLog({ level: "error" });
const redis = await startRedisForTest();
after(() => redis?.stop());
const skip = redis ? undefined : "redis-server is not installed";
const { address = "", username, password } = redis ?? {};

const directories = new WeakMap<TestContext, string>();
let passedMs = 0;
const openSqlite = (t: TestContext) => {
  let directory = directories.get(t);
  if (!directory) {
    directory = mkdtempSync(join(tmpdir(), "mail-test-"));
    directories.set(t, directory);
    t.after(() => rmSync(directory ?? "", { recursive: true, force: true }));
  }
  const store = createSqliteIdempotencyStore({
    directory,
    leaseMs,
    now: () => Date.now() + passedMs,
  });
  t.after(() => store.close());
  return store;
};

describeIdempotencyStore({ name: "SQLite", skip: undefined, open: openSqlite });

const flushed = new WeakSet<TestContext>();
describeIdempotencyStore({
  name: "Redis",
  skip,
  open: (t) => {
    const store = createRedisIdempotencyStore({ address, username, password }, leaseMs);
    t.after(() => store.close());
    if (!flushed.has(t)) t.after(() => redis?.restart());
    flushed.add(t);
    return store;
  },
});

test("SQLite: reservations expire after the lease, sent mails after 30 days", async (t) => {
  const store = openSqlite(t);
  await store.reserve("order", "me");
  passedMs += leaseMs - 1000;
  assert.equal(await store.reserve("order", "you"), "sending");
  passedMs += 1000;
  assert.equal(await store.reserve("order", "you"), "reserved");
  await store.recordSent("order");
  passedMs += retentionMs - 1000;
  assert.equal(await store.reserve("order", "me"), "sent");
  passedMs += 1000;
  assert.equal(await store.reserve("order", "me"), "reserved");
});

test("Redis: reservations and sent mails have a time to live", skip ? { skip } : {}, async (t) => {
  const store = createRedisIdempotencyStore({ address, username, password }, leaseMs);
  const client = new Redis({ address, username, password, scripts: {} });
  t.after(() => Promise.all([store.close(), client.close()]));
  const readTtl = () => client.command("PTTL", (redis) => redis.pttl("mail:order"));
  await store.reserve("order", "me");
  const reservedTtlMs = await readTtl();
  assert.ok(reservedTtlMs > leaseMs - 10_000 && reservedTtlMs <= leaseMs, `${reservedTtlMs}`);
  await store.recordSent("order");
  const sentTtlMs = await readTtl();
  assert.ok(sentTtlMs > retentionMs - 10_000 && sentTtlMs <= retentionMs, `${sentTtlMs}`);
});
