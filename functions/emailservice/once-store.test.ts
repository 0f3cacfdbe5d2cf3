import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, type TestContext, test } from "node:test";
import { configureLog } from "#runtime/log.ts";
import { startRedisForTest } from "#runtime/store/fixtures/redis-for-test.ts";
import { Redis } from "#runtime/store/redis.ts";
import { describeOnceStore } from "./once-store.suite.ts";
import { leaseMs, rememberMs } from "./once-store.ts";
import { createRedisOnceStore } from "./redis-once-store.ts";
import { createSqliteOnceStore } from "./sqlite-once-store.ts";

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
  const store = createSqliteOnceStore({ directory, now: () => Date.now() + passedMs });
  t.after(() => store.close());
  return store;
};

describeOnceStore({ name: "SQLite", skip: undefined, open: openSqlite });

const flushed = new WeakSet<TestContext>();
describeOnceStore({
  name: "Redis",
  skip,
  open: (t) => {
    const store = createRedisOnceStore({ address, username, password });
    t.after(() => store.close());
    if (!flushed.has(t)) t.after(() => redis?.restart());
    flushed.add(t);
    return store;
  },
});

test("SQLite: a claim ends with its lease, a sent mail is remembered for a month", async (t) => {
  const store = openSqlite(t);
  await store.claim("order", "me");
  passedMs += leaseMs - 1000;
  assert.equal(await store.claim("order", "you"), "sending");
  passedMs += 1000;
  assert.equal(await store.claim("order", "you"), "claimed");
  await store.markSent("order");
  passedMs += rememberMs - 1000;
  assert.equal(await store.claim("order", "me"), "sent");
  passedMs += 1000;
  assert.equal(await store.claim("order", "me"), "claimed");
});

test("Redis: claims and sent mails carry their time to live", skip ? { skip } : {}, async (t) => {
  const store = createRedisOnceStore({ address, username, password });
  const client = new Redis({ address, username, password, scripts: {} });
  t.after(() => Promise.all([store.close(), client.close()]));
  const readTtl = () => client.command("PTTL", (redis) => redis.pttl("mail:order"));
  await store.claim("order", "me");
  const claimTtlMs = await readTtl();
  assert.ok(claimTtlMs > leaseMs - 10_000 && claimTtlMs <= leaseMs, `${claimTtlMs}`);
  await store.markSent("order");
  const sentTtlMs = await readTtl();
  assert.ok(sentTtlMs > rememberMs - 10_000 && sentTtlMs <= rememberMs, `${sentTtlMs}`);
});
