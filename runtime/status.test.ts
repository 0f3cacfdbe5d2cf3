import assert from "node:assert/strict";
import { test } from "node:test";
import { status } from "@grpc/grpc-js";
import {
  httpStatusOf,
  StatusError,
  statusCodeOf,
  statusNumberOf,
  toStatusError,
} from "./status.ts";

test("code names and numbers are those of gRPC", () => {
  for (let number = 1; number <= 16; number += 1) {
    const code = statusCodeOf(number);
    assert.equal(status[code], number);
    assert.equal(statusNumberOf(code), number);
  }
  assert.equal(statusCodeOf(400), "UNKNOWN");
});

test("another error becomes INTERNAL without its message", () => {
  const cause = new Error("password is hunter2");
  const error = toStatusError(cause);
  assert.equal(error.code, "INTERNAL");
  assert.equal(error.message, "internal error");
  assert.equal(error.cause, cause);
  const own = new StatusError("NOT_FOUND", "no product with ID x");
  assert.equal(toStatusError(own), own);
});

test("errors of the caller are 4xx in HTTP, those of the function 5xx", () => {
  assert.equal(httpStatusOf("INVALID_ARGUMENT"), 400);
  assert.equal(httpStatusOf("NOT_FOUND"), 404);
  assert.equal(httpStatusOf("INTERNAL"), 500);
  assert.equal(httpStatusOf("UNAVAILABLE"), 503);
  assert.equal(httpStatusOf("DEADLINE_EXCEEDED"), 504);
});
