import assert from "node:assert/strict";
import { test } from "node:test";
import { readConfig } from "./config.ts";

test("without variables the shop's own catalog answers at once", () => {
  assert.deepEqual(readConfig({}), { catalogFile: undefined, extraLatencyMs: 0 });
});

test("the file and the latency are taken from the environment", () => {
  const config = readConfig({ PRODUCT_CATALOG_FILE: "goods.json", EXTRA_LATENCY: "5.5s" });
  assert.deepEqual(config, { catalogFile: "goods.json", extraLatencyMs: 5500 });
});

test("a latency that is no Go duration is fatal and named", () => {
  for (const EXTRA_LATENCY of ["5", "-1s", "soon"]) {
    assert.throws(() => readConfig({ EXTRA_LATENCY }), /^ConfigError: EXTRA_LATENCY is ".*": /);
  }
});
