import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigError } from "./environment.ts";
import { readRuntimeConfig } from "./runtime-config.ts";

test("the maximum of requests in flight is 100 unless it is set", () => {
  assert.equal(readRuntimeConfig({}, "f").maxRequests, 100);
  assert.equal(readRuntimeConfig({ MAX_CONCURRENT_REQUESTS: "7" }, "f").maxRequests, 7);
});

test("a maximum of requests in flight that is malformed is named with its value and the rule", () => {
  for (const value of ["0", "-1", "1.5", "many", "100001", "1e3"]) {
    assert.throws(
      () => readRuntimeConfig({ MAX_CONCURRENT_REQUESTS: value }, "f"),
      (error) =>
        error instanceof ConfigError &&
        error.message ===
          `MAX_CONCURRENT_REQUESTS is "${value}": expected a whole number from 1 to 100000, such as 100`,
    );
  }
});
