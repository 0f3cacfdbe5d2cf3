import assert from "node:assert/strict";
import { test } from "node:test";
import { isUuid, refundIdOf } from "./refund-id.ts";

const transactionId = "0f8fad5b-d9cb-469f-a165-70867728950e";

test("derives a UUID of version 5 from the transaction id only", () => {
  const id = refundIdOf(transactionId);
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(refundIdOf(transactionId.toUpperCase()), id);
  assert.notEqual(refundIdOf("0f8fad5b-d9cb-469f-a165-70867728950f"), id);
});

test("accepts only the text form of RFC 9562 as a UUID", () => {
  assert.equal(isUuid(transactionId), true);
  for (const text of ["", "x", transactionId.slice(1), `${transactionId}0`, ` ${transactionId}`]) {
    assert.equal(isUuid(text), false, text);
  }
});
