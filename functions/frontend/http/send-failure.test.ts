import assert from "node:assert/strict";
import { test } from "node:test";
import { StatusError } from "#runtime/status.ts";
import { explainFailure } from "./send-failure.ts";

test("explains a call that the dependency cancelled as 503, not 499", () => {
  const { status, message } = explainFailure(new StatusError("CANCELLED", "Call cancelled"));
  assert.equal(status, 503);
  assert.match(message, /is not available/);
});
