import assert from "node:assert/strict";
import { test } from "node:test";
import { StatusError } from "#runtime/status.ts";
import { explainFailure } from "./explain-failure.ts";

test("a dependency that cancels is not taken for a visitor who has left", () => {
  const { status, sentence } = explainFailure(new StatusError("CANCELLED", "Call cancelled"));
  assert.equal(status, 503);
  assert.match(sentence, /not answering right now/);
});
