import assert from "node:assert/strict";
import { test } from "node:test";
import { readEnvironment } from "../environment.ts";
import { readRecordStoreConfig } from "./store-config.ts";

const read = (env: NodeJS.ProcessEnv) =>
  readEnvironment(env, (reader) => readRecordStoreConfig(reader, "ORDER_RETENTION"));
const inPod = { KUBERNETES_SERVICE_HOST: "10.96.0.1" };

test("files in a pod are refused unless that is allowed explicitly", () => {
  const refusal = {
    name: "ConfigError",
    message: /^REDIS_ADDR is not set, .*: set REDIS_ADDR, or ALLOW_EPHEMERAL_STORE=true .*$/,
  };
  assert.throws(() => read(inPod), refusal);
  assert.throws(() => read({ ...inPod, ALLOW_EPHEMERAL_STORE: "false" }), refusal);
  assert.equal(read({ ...inPod, ALLOW_EPHEMERAL_STORE: "true" }).redis, undefined);
});

test("Redis in a pod, and files elsewhere, need no permission", () => {
  const config = read({ ...inPod, REDIS_ADDR: "redis:6379" });
  assert.equal(config.redis?.address, "redis:6379");
  assert.equal(read({}).redis, undefined);
});

test("a permission that is neither true nor false is refused", () => {
  assert.throws(() => read({ ALLOW_EPHEMERAL_STORE: "yes" }), {
    message: 'ALLOW_EPHEMERAL_STORE is "yes": expected one of true, false',
  });
});

test("commits to files are synced to the disk later, or at once if configured", () => {
  assert.equal(read({}).synchronous, "NORMAL");
  assert.equal(read({ SQLITE_SYNCHRONOUS: "FULL" }).synchronous, "FULL");
  assert.throws(() => read({ SQLITE_SYNCHRONOUS: "OFF" }), { message: /one of NORMAL, FULL$/ });
});

test("records are kept for 90 days, or as configured", () => {
  assert.equal(read({}).retentionMs, 90 * 24 * 3_600_000);
  assert.equal(read({ ORDER_RETENTION: "1m" }).retentionMs, 60_000);
  assert.throws(() => read({ ORDER_RETENTION: "59s" }), {
    message: 'ORDER_RETENTION is "59s": expected a duration of at least 1m, such as 2160h',
  });
});
