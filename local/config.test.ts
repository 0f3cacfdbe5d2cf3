import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigError } from "#runtime/environment.ts";
import { portVariableOf, readPlatformConfig } from "./config.ts";

const cart = { name: "cart", localPort: 7070 };

test("reads the port of each function from its variable, and the storefront's from PORT", () => {
  const manifests = [cart, { name: "frontend", localPort: 8080 }];
  const config = readPlatformConfig({ PORT: "9000", CART_PORT: "0" }, manifests);
  assert.deepEqual(
    [...config.functionPorts],
    [
      ["cart", 0],
      ["frontend", 9000],
    ],
  );
  assert.equal(config.consolePort, 8081);
  assert.equal(config.idleWindowMs, 60_000);
  assert.equal(config.host, "127.0.0.1");
  assert.equal(config.sweepIntervalMs, undefined);
  assert.equal(readPlatformConfig({ SHOP_SWEEP_INTERVAL: "0" }, manifests).sweepIntervalMs, 0);
  assert.equal(portVariableOf("two-words"), "TWO_WORDS_PORT");
});

test("rejects with each invalid variable", () => {
  const env = {
    CART_PORT: "x",
    CONSOLE_PORT: "70000",
    SHOP_IDLE_WINDOW: "5",
    SHOP_SWEEP_INTERVAL: "often",
    ZIPKIN_ENDPOINT: "a",
  };
  assert.throws(
    () => readPlatformConfig(env, [cart]),
    (error) => {
      assert.ok(error instanceof ConfigError);
      for (const name of Object.keys(env))
        assert.match(error.message, new RegExp(`^${name} is `, "m"));
      return true;
    },
  );
});

test("rejects a sweep interval that a timer of Node.js cannot have", () => {
  // About 25 days, above which such a timer fires at once.
  const read = (text: string) => readPlatformConfig({ SHOP_SWEEP_INTERVAL: text }, [cart]);
  assert.equal(read("24h").sweepIntervalMs, 86_400_000);
  assert.throws(() => read("720h"), /SHOP_SWEEP_INTERVAL is "720h": expected .* at most 24h/);
});

test("rejects faults with which no function would start", () => {
  const read = () => readPlatformConfig({ SHOP_FAULTS: "*:slow" }, [cart]);
  assert.throws(read, /^ConfigError: the rule "\*:slow" of SHOP_FAULTS is wrong/);
});
