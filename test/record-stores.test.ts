import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, describe, type TestContext, test } from "node:test";
import { listKeys, startRedisForTest } from "#runtime/store/fixtures/redis-for-test.ts";
import { Redis } from "#runtime/store/redis.ts";
import { programs, runProgram, untilReady } from "./fixtures/run-program.ts";

const stores: Record<string, string> = {
  checkoutservice: "orders",
  paymentservice: "transactions",
  shippingservice: "shipments",
};
const monolith = join(import.meta.dirname, "..", "monolith", "program.ts");
const inPod = { KUBERNETES_SERVICE_HOST: "10.96.0.1" };

const redis = await startRedisForTest();
after(() => redis?.stop());

function makeFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "record-stores-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs a program that refuses to start, and returns its error line without the quotes of JSON. */
async function refusal(t: TestContext, args: readonly string[], env: object): Promise<string> {
  const { child, lines } = runProgram(t, args, env);
  const [code] = await once(child, "close");
  assert.equal(code, 2, lines().join("\n"));
  const errors = lines().filter((line) => !line.includes('"message":"ready"'));
  assert.equal(errors.length, 1, errors.join("\n"));
  return errors[0]?.replaceAll('\\"', '"') ?? "";
}

describe("in a pod without Redis", { concurrency: 2 }, () => {
  for (const name of [...Object.keys(stores), "the monolith"]) {
    const args = programs[name] ?? [monolith];

    test(`${name} does not start unless it may lose its data`, async (t) => {
      const DATA_DIR = makeFolder(t);
      const line = await refusal(t, args, { ...inPod, DATA_DIR });
      assert.match(line, /is not configured: REDIS_ADDR is not set, .* ALLOW_EPHEMERAL_STORE=true/);
      const allowed = { ...inPod, DATA_DIR, ALLOW_EPHEMERAL_STORE: "true" };
      await untilReady(runProgram(t, args, allowed).lines);
      await untilReady(
        runProgram(t, args, { ...inPod, DATA_DIR, REDIS_ADDR: "127.0.0.1:1" }).lines,
      );
    });
  }
});

describe("a store that cannot be used", { concurrency: 2 }, () => {
  for (const [name, store] of Object.entries(stores)) {
    const args = programs[name] ?? [];

    test(`${name} stops if its file is damaged, and leaves it as it is`, async (t) => {
      const DATA_DIR = makeFolder(t);
      const path = join(DATA_DIR, `${store}.sqlite`);
      const text = "this is not a database, but long enough to be one";
      writeFileSync(path, text);
      const line = await refusal(t, args, { DATA_DIR });
      assert.ok(line.includes(`${name} cannot use its stored data: SQLite file ${store}.sqlite`));
      assert.ok(line.includes(`run the release that wrote ${path}, or restore the file`), line);
      assert.equal(readFileSync(path, "utf8"), text);
    });

    test(`${name} stops if a newer release wrote its file, and leaves it as it is`, async (t) => {
      const DATA_DIR = makeFolder(t);
      const path = join(DATA_DIR, `${store}.sqlite`);
      const database = new DatabaseSync(path);
      database.exec("CREATE TABLE records (key TEXT) STRICT; PRAGMA user_version = 2");
      database.close();
      const before = readFileSync(path);
      const line = await refusal(t, args, { DATA_DIR });
      assert.match(line, /its format is 2, and this release reads up to 1: run the release that/);
      assert.deepEqual(readFileSync(path), before);
    });

    test(`${name} stops if a newer release wrote its keys, and changes none`, {
      skip: redis ? false : "redis-server is not installed",
    }, async (t) => {
      assert.ok(redis);
      const client = new Redis({ ...redis, scripts: {} });
      t.after(() => client.close());
      await client.command("SET", (each) => each.set(`${store}:format`, "2"));
      const { env } = redis;
      const line = await refusal(t, args, env);
      assert.ok(line.includes(`key ${store}:format is "2", and this release reads up to 1`), line);
      const keys = await listKeys(client, `${store}:*`);
      assert.deepEqual(keys, [`${store}:format`]);
    });
  }
});
