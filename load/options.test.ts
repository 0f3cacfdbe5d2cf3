import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigError } from "#runtime/environment.ts";
import { type RawLoadOptions, readLoadOptions } from "./options.ts";

test("the defaults are ten users of Online Boutique's load generator for a minute", () => {
  assert.deepEqual(
    { ...readLoadOptions({}, () => 42) },
    {
      url: "http://127.0.0.1:8080",
      hostHeader: null,
      mode: "closed",
      users: 10,
      spawnRatePerSecond: 1,
      minThinkTimeMs: 1000,
      maxThinkTimeMs: 10_000,
      ratePerSecond: null,
      maxInFlight: 256,
      durationMs: 60_000,
      maxRequests: 1_000_000,
      timeoutMs: 10_000,
      seed: 42,
    },
  );
});

test("an open loop needs a rate, durations have Go's format, and one think time is both bounds", () => {
  const options = readLoadOptions(
    { mode: "poisson", rate: "12.5", duration: "1m30s", thinkTime: "500ms", seed: "0" },
    () => 42,
  );
  assert.equal(options.ratePerSecond, 12.5);
  assert.equal(options.durationMs, 90_000);
  assert.deepEqual([options.minThinkTimeMs, options.maxThinkTimeMs], [500, 500]);
  assert.equal(options.seed, 0);
});

const wrongOptions: [RawLoadOptions, string][] = [
  [{ users: "0" }, '--users is "0": expected a whole number from 1 to 10000'],
  [{ users: "2.5" }, '--users is "2.5": expected a whole number from 1 to 10000'],
  [{ users: "" }, '--users is "": expected a whole number from 1 to 10000'],
  [{ spawnRate: "-1" }, '--spawn-rate is "-1": expected a number from 0.01 to 10000'],
  [{ mode: "open" }, '--mode is "open": expected one of closed, constant, poisson'],
  [{ mode: "constant" }, "--mode constant needs --rate, such as --rate 20"],
  [{ rate: "20" }, "--rate needs --mode constant or --mode poisson"],
  [{ mode: "poisson", rate: "1e3" }, '--rate is "1e3": expected a number from 0.01 to 10000'],
  [{ url: "https://shop" }, '--url is "https://shop": expected http://host:port, without a path'],
  [
    { url: "127.0.0.1:8080" },
    '--url is "127.0.0.1:8080": expected http://host:port, without a path',
  ],
  [{ url: "http://a/b" }, '--url is "http://a/b": expected http://host:port, without a path'],
  [
    { duration: "60" },
    '--duration is "60": expected a duration from 1ms to 24h, such as 60s or 1m30s',
  ],
  [
    { duration: "25h" },
    '--duration is "25h": expected a duration from 1ms to 24h, such as 60s or 1m30s',
  ],
  [{ timeout: "0" }, '--timeout is "0": expected a duration from 1ms to 24h, such as 60s or 1m30s'],
  [
    { thinkTime: "2s-1s" },
    '--think-time is "2s-1s": expected a range such as 1s-10s, or one duration such as 500ms',
  ],
  [{ seed: "x" }, '--seed is "x": expected a whole number from 0 to 4294967295'],
  [
    { hostHeader: "a b" },
    '--host-header is "a b": expected a host name, such as frontend.shop.example.com',
  ],
];

for (const [given, message] of wrongOptions) {
  test(`${JSON.stringify(given)} is rejected with a message`, () => {
    assert.throws(
      () => readLoadOptions(given, () => 1),
      (error) => error instanceof ConfigError && error.message === message,
    );
  });
}
