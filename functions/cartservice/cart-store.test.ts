import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, type TestContext, test } from "node:test";
import { configureLog } from "#runtime/log.ts";
import { listKeys, startRedisForTest } from "#runtime/store/fixtures/redis-for-test.ts";
import { Redis } from "#runtime/store/redis.ts";
import { describeCartStore } from "./cart-store.suite.ts";
import { createRedisCartStore } from "./redis-cart-store.ts";
import { createSqliteCartStore } from "./sqlite-cart-store.ts";

configureLog({ level: "error" });
const hourMs = 3_600_000;
const redis = await startRedisForTest();
after(() => redis?.stop());

let passedMs = 0;
const directories = new WeakMap<TestContext, string>();
function directoryOf(t: TestContext): string {
  let directory = directories.get(t);
  if (!directory) {
    directory = mkdtempSync(join(tmpdir(), "cart-test-"));
    directories.set(t, directory);
    passedMs = 0;
    t.after(() => rmSync(directory ?? "", { recursive: true, force: true }));
  }
  return directory;
}

const openSqlite = (t: TestContext, ttlMs = hourMs) => {
  const now = () => Date.now() + passedMs;
  const store = createSqliteCartStore({ directory: directoryOf(t), ttlMs, now });
  t.after(() => store.close());
  return store;
};

describeCartStore({
  name: "SQLite",
  skip: undefined,
  open: openSqlite,
  pass: async (milliseconds) => {
    passedMs += milliseconds;
  },
});

let flushedFor: TestContext | undefined;
describeCartStore({
  name: "Redis",
  skip: redis ? undefined : "redis-server is not installed",
  open: (t, ttlMs = hourMs) => {
    const { address = "", username, password } = redis ?? {};
    const store = createRedisCartStore({ address, username, password, ttlMs });
    t.after(() => store.close());
    if (flushedFor !== t) t.after(() => redis?.restart());
    flushedFor = t;
    return store;
  },
  // Redis uses its own clock, so the remaining lifetime of each key is shortened instead.
  pass: async (milliseconds) => {
    const { address = "", username, password } = redis ?? {};
    const client = new Redis({ address, username, password, scripts: {} });
    for (const key of await listKeys(client, "cart*")) {
      const ttlMs = await client.command("PTTL", (each) => each.pttl(key));
      await client.command("PEXPIRE", (each) => each.pexpire(key, ttlMs - milliseconds));
    }
    await client.close();
  },
});

test("SQLite: keeps all additions of processes that create the file at the same time", {
  timeout: 30_000,
}, async (t) => {
  const directory = directoryOf(t);
  const children = Array.from({ length: 4 }, () =>
    spawn(
      process.execPath,
      [join(import.meta.dirname, "fixtures/add-items.ts"), directory, "u", "200"],
      { stdio: ["ignore", "ignore", "inherit", "ipc"] },
    ),
  );
  const ends = Promise.all(children.map((child) => once(child, "exit")));
  await Promise.all(children.map((child) => once(child, "message")));
  for (const child of children) child.send("go");
  const exits = await ends;
  assert.deepEqual(
    exits.map(([code]) => code),
    [0, 0, 0, 0],
  );
  assert.deepEqual(await openSqlite(t).getCart("u"), [{ productId: "A", quantity: 800 }]);
});

test("SQLite: removes expired carts from the file", async (t) => {
  const { DatabaseSync } = await import("node:sqlite");
  const store = openSqlite(t, 1000);
  await store.addItem("old", "A", 1);
  passedMs += 2 * hourMs;
  await store.addItem("new", "A", 1);
  const database = new DatabaseSync(join(directoryOf(t), "carts.sqlite"));
  t.after(() => database.close());
  const rows = database.prepare("SELECT user_id FROM carts").all();
  assert.deepEqual(
    rows.map((row) => row.user_id),
    ["new"],
  );
});

test("SQLite: rejects a damaged record with a StoreError and reads other carts", async (t) => {
  const { DatabaseSync } = await import("node:sqlite");
  const store = openSqlite(t);
  await store.addItem("u", "A", 1);
  const database = new DatabaseSync(join(directoryOf(t), "carts.sqlite"));
  database.exec(`UPDATE carts SET record = '{"A":1}'`);
  database.close();
  await assert.rejects(store.getCart("u"), { name: "StoreError", unreachable: false });
  await store.addItem("v", "A", 1);
});
