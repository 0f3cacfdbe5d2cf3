import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { configureLog } from "../log.ts";
import { createRecordStore } from "./create-record-store.ts";
import { startRedisForTest } from "./fixtures/redis-for-test.ts";

configureLog({ level: "error" });
const redis = await startRedisForTest({ appendOnly: true });
after(() => redis?.stop());
const options = { name: "orders", format: 1, now: Date.now } as const;
const write = (value: string) => ({
  value,
  expiresAtMs: Date.now() + 60_000,
  tags: ["all"],
  sortMs: 1,
});
const keys = Array.from({ length: 200 }, (_, index) => `k${index}`);

test("Redis: every acknowledged write survives a killed server", {
  skip: redis ? false : "redis-server is not installed",
}, async (t) => {
  assert.ok(redis);
  const store = createRecordStore({ redis, dataDirectory: "" }, options);
  t.after(() => store.close());
  for (let round = 0; round < 3; round += 1) {
    const acknowledged: string[] = [];
    const writes = keys.map(async (key) => {
      const name = `${round}.${key}`;
      await store.replace(name, undefined, write(name));
      acknowledged.push(name);
    });
    const settled = Promise.allSettled(writes);
    // While some writes are not acknowledged yet.
    await writes[20];
    await redis.restart();
    await settled;
    assert.ok(acknowledged.length > 20);
    for (const name of acknowledged) assert.equal(await store.get(name), name);
  }
});

test("SQLite: every acknowledged write survives a killed process", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "record-durability-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const program = join(import.meta.dirname, "fixtures", "write-records.ts");
  const child = spawn(process.execPath, [program, directory], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  t.after(() => child.kill("SIGKILL"));
  const acknowledged: string[] = [];
  await new Promise<void>((resolve) => {
    child.on("message", (key) => {
      acknowledged.push(String(key));
      if (acknowledged.length === 50) resolve();
    });
  });
  child.kill("SIGKILL");
  await once(child, "close");
  const store = createRecordStore({ redis: undefined, dataDirectory: directory }, options);
  t.after(() => store.close());
  await store.verify();
  for (const key of acknowledged) assert.equal(await store.get(key), key);
  assert.ok((await store.count("all")) >= acknowledged.length);
});
