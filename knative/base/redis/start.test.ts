import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, describe, type TestContext, test } from "node:test";
import { startRedisForTest } from "#runtime/store/fixtures/redis-for-test.ts";
import { Redis } from "#runtime/store/redis.ts";
import type { RedisAddress } from "#runtime/store/store-config.ts";

const script = join(import.meta.dirname, "start.sh");

// The fixture runs start.sh, so the tests of the stores show which commands the functions need.
const redis = await startRedisForTest();
after(() => redis?.stop());

function call(t: TestContext, address: RedisAddress, name: string, ...args: string[]) {
  const client = new Redis({ ...address, scripts: {} });
  t.after(() => client.close());
  return client.command(name, (each) => each.call(name, ...args));
}

describe("Redis' users", { skip: redis ? false : "redis-server is not installed" }, () => {
  const address = redis ?? { address: "", username: undefined, password: undefined };

  test("the functions' user reads and writes records", async (t) => {
    assert.equal(await call(t, address, "SET", "key", "value"), "OK");
    assert.equal(await call(t, address, "EVAL", "return redis.call('GET', 'key')", "0"), "value");
  });

  test("the functions' user may not run a command of an operator, and no script either", async (t) => {
    for (const [name, ...args] of [
      ["KEYS", "*"],
      ["FLUSHALL"],
      ["CONFIG", "GET", "requirepass"],
      ["CONFIG", "SET", "dir", "/tmp"],
      ["ACL", "LIST"],
      ["SHUTDOWN"],
      ["MONITOR"],
      ["REPLICAOF", "127.0.0.1", "1"],
      ["FUNCTION", "LIST"],
      ["SCRIPT", "FLUSH"],
      ["PUBLISH", "channel", "x"],
      ["CLIENT", "KILL", "TYPE", "normal"],
      // In another database, records would be hidden from the functions.
      ["SELECT", "1"],
      ["MOVE", "key", "1"],
      ["SWAPDB", "0", "1"],
      ["COPY", "key", "copy", "DB", "1"],
    ] as const) {
      await assert.rejects(call(t, address, name, ...args), /NOPERM/, name);
    }
    const evaluated = call(t, address, "EVAL", "return redis.call('FLUSHALL')", "0");
    await assert.rejects(evaluated, /can't run this command/);
  });

  test("a client without a user, or with the user default, is refused", async (t) => {
    const bare = { ...address, username: undefined, password: undefined };
    await assert.rejects(call(t, bare, "GET", "key"), /NOAUTH/);
    const before = { ...address, username: undefined };
    await assert.rejects(call(t, before, "GET", "key"), /WRONGPASS|NOAUTH/);
  });

  test("an operator in the pod may run all commands", async (t) => {
    assert.ok(redis);
    assert.match(String(await call(t, redis.readAdmin(), "ACL", "WHOAMI")), /^admin$/);
    assert.notEqual(redis.readAdmin().password, redis.password);
  });
});

// Runs start.sh with a program that prints its arguments instead of starting Redis.
function start(t: TestContext, env: NodeJS.ProcessEnv) {
  const folder = mkdtempSync(join(tmpdir(), "redis-start-"));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "redis-server"), '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 });
  const path = `${folder}${delimiter}${process.env.PATH}`;
  const { status, stdout, stderr } = spawnSync("sh", [script, folder, "--dir", "/data"], {
    env: { PATH: path, ...env },
    encoding: "utf8",
  });
  const readUsers = () => readFileSync(join(folder, "users.acl"), "utf8").trim().split("\n");
  return { folder, status, stdout, stderr, readUsers };
}

test("no password is in Redis' command line or in its list of users", (t) => {
  const password = "pass word's";
  const { folder, status, stdout, readUsers } = start(t, { REDIS_PASSWORD: password });
  assert.equal(status, 0);
  const file = join(folder, "users.acl");
  assert.deepEqual(stdout.trim().split("\n"), ["--aclfile", file, "--dir", "/data"]);
  const admin = readFileSync(join(folder, "admin-password"), "utf8").trim();
  const users = readUsers().join("\n");
  assert.match(admin, /^[0-9a-f]{64}$/);
  assert.ok(!users.includes(password) && !users.includes(admin), users);
  for (const name of ["users.acl", "admin-password"]) {
    assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name);
  }
});

test("functions that were deployed without a user keep their rights if DEFAULT_USER is on", (t) => {
  const env = { REDIS_PASSWORD: "secret" };
  const [, shop = "", off] = start(t, env).readUsers();
  assert.equal(off, "user default off ~* +@all");
  const [, , on] = start(t, { ...env, DEFAULT_USER: "on" }).readUsers();
  assert.equal(on, shop.replace("user shop ", "user default "));
});

test("Redis does not start without a password", (t) => {
  for (const env of [{}, { REDIS_PASSWORD: "" }]) {
    const { status, stderr } = start(t, env);
    assert.equal(status, 2, stderr);
    assert.match(stderr, /REDIS_PASSWORD: is not set: it is the password in the Secret redis/);
  }
});
