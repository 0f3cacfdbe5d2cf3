import assert from "node:assert/strict";
import { test } from "node:test";
import { StatusError } from "#runtime/status.ts";
import { failureStatusOf } from "./send-failure.ts";

test("a dependency that is overloaded is a 503, not a 429", () => {
  assert.equal(failureStatusOf(new StatusError("RESOURCE_EXHAUSTED", "busy")), 503);
});

test("a dependency that refuses the storefront is a 503: the visitor is not the reason", () => {
  for (const code of ["UNAUTHENTICATED", "PERMISSION_DENIED"] as const) {
    assert.equal(failureStatusOf(new StatusError(code, "no identity")), 503);
  }
});

test("a call that the dependency cancelled is a 503, not a 499", () => {
  assert.equal(failureStatusOf(new StatusError("CANCELLED", "Call cancelled")), 503);
});
