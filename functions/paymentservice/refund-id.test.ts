import assert from "node:assert/strict";
import { test } from "node:test";
import { refundIdOf } from "./refund-id.ts";

const transactionId = "0f8fad5b-d9cb-469f-a165-70867728950e";

test("derives the refund id from the transaction id only", () => {
  const id = refundIdOf(transactionId);
  // Earlier releases returned the same id.
  assert.equal(id, "89c61caf-86bd-506e-930c-da40630d3ee4");
  assert.equal(refundIdOf(transactionId.toUpperCase()), id);
  assert.notEqual(refundIdOf("0f8fad5b-d9cb-469f-a165-70867728950f"), id);
});
