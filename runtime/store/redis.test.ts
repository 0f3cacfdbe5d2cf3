import assert from "node:assert/strict";
import { after, test } from "node:test";
import { configureLog } from "../log.ts";
import { renderMetrics } from "../metrics.ts";
import { startRedisForTest } from "./fixtures/redis-for-test.ts";
import { Redis } from "./redis.ts";

configureLog({ level: "error" });
const server = await startRedisForTest();
after(() => server?.stop());
const options = server ? {} : { skip: "redis-server is not installed" };

function open(t: { after(work: () => unknown): void }, change: object = {}): Redis {
  const { address = "", username, password } = server ?? {};
  const scripts = { appendWord: "return redis.call('APPEND', KEYS[1], ARGV[1])" };
  const redis = new Redis({ address, username, password, scripts, ...change });
  t.after(() => redis.close());
  return redis;
}

test("commands share one connection, which the first one opens", options, async (t) => {
  const redis = open(t);
  const ids = await Promise.all(
    Array.from({ length: 30 }, () => redis.command("CLIENT", (client) => client.client("ID"))),
  );
  assert.equal(new Set(ids).size, 1);
});

test("a script runs with its key and values", options, async (t) => {
  const redis = open(t);
  assert.equal(await redis.script("appendWord", "words", "one"), 3);
  assert.equal(await redis.script("appendWord", "words", 22), 5);
  assert.equal(await redis.command("GET", (client) => client.get("words")), "one22");
});

test(
  "a wrong password is a failure of the server; its message does not contain the password",
  options,
  async (t) => {
    const redis = open(t, { password: "not-the-secret" });
    await assert.rejects(redis.ping(), (error: Error & { unreachable?: boolean }) => {
      assert.match(error.message, /^Redis at 127\.0\.0\.1:\d+: WRONGPASS /);
      assert.doesNotMatch(error.message, /not-the-secret/);
      assert.equal(error.unreachable, true);
      return true;
    });
  },
);

test("a full memory is a failure of the server, in a script too", options, async (t) => {
  const redis = open(t);
  const operator = open(t, server?.readAdmin());
  const setMaxMemory = (bytes: string) =>
    operator.command("CONFIG", (client) => client.config("SET", "maxmemory", bytes));
  const isFull = { name: "StoreError", unreachable: true, message: /: OOM command not allowed/ };
  await setMaxMemory("1");
  try {
    const set = redis.command("SET", (client) => client.set("text", "x"));
    await assert.rejects(set, isFull);
    await assert.rejects(redis.script("appendWord", "words", "one"), isFull);
  } finally {
    await setMaxMemory("0");
  }
});

test("a command that Redis refuses is not a connection error", options, async (t) => {
  const redis = open(t);
  await redis.command("SET", (client) => client.set("text", "x"));
  await assert.rejects(
    redis.command("LPUSH", (client) => client.lpush("text", "y")),
    { name: "StoreError", unreachable: false, message: /WRONGTYPE/ },
  );
});

test("a stopped server is unreachable, and is used again after its restart", options, async (t) => {
  const redis = open(t);
  await redis.ping();
  await server?.stop();
  await assert.rejects(redis.ping(), { name: "StoreError", unreachable: true });
  await server?.restart();
  await redis.ping();
});

test("only the first command waits for a server that stays unreachable", async (t) => {
  const redis = open(t, { address: "127.0.0.1:1" });
  await assert.rejects(redis.ping(), { unreachable: true });
  for (let count = 0; count < 3; count += 1) {
    const startMs = performance.now();
    await assert.rejects(redis.ping(), { unreachable: true });
    assert.ok(performance.now() - startMs < 1000);
  }
});

test("an address without a listener is unreachable", async (t) => {
  const redis = open(t, { address: "127.0.0.1:1" });
  await assert.rejects(redis.ping(), {
    name: "StoreError",
    unreachable: true,
    message: /^Redis at 127\.0\.0\.1:1: connect ECONNREFUSED/,
  });
});

test(
  "the metrics count each command, and whether Redis refused it or was unreachable",
  options,
  async (t) => {
    const redis = open(t);
    await redis.command("STRLEN", (client) => client.strlen("none"));
    await assert.rejects(redis.command("HGET", (client) => client.call("HGET")));
    const away = open(t, { address: "127.0.0.1:1" });
    await assert.rejects(away.command("STRLEN", (client) => client.strlen("none")));

    const { body } = await renderMetrics();
    const count = (operation: string, error: string) =>
      `db_client_operation_duration_seconds_count{db_system_name="redis",db_operation_name="${operation}",error_type="${error}"} 1`;
    for (const line of [
      count("STRLEN", ""),
      count("HGET", "refused"),
      count("STRLEN", "unreachable"),
    ]) {
      assert.ok(body.split("\n").includes(line), `${line} is not in\n${body}`);
    }
  },
);
