import assert from "node:assert/strict";
import { test } from "node:test";
import { readConfig } from "./config.ts";

test("defaults to the built-in catalog and no extra latency", () => {
  assert.deepEqual(readConfig({}), {
    catalogFile: undefined,
    lifetimeMs: 60_000,
    extraLatencyMs: 0,
  });
});

test("reads the file, its lifetime and the latency from the environment", () => {
  const config = readConfig({
    PRODUCT_CATALOG_FILE: "goods.json",
    PRODUCT_CATALOG_LIFETIME: "2m",
    EXTRA_LATENCY: "5.5s",
  });
  assert.deepEqual(config, {
    catalogFile: "goods.json",
    lifetimeMs: 120_000,
    extraLatencyMs: 5500,
  });
});

test("rejects a latency that is not a Go duration and names the variable", () => {
  for (const EXTRA_LATENCY of ["5", "-1s", "soon"]) {
    assert.throws(() => readConfig({ EXTRA_LATENCY }), /^ConfigError: EXTRA_LATENCY is ".*": /);
  }
});
