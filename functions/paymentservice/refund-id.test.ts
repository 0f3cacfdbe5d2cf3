import assert from "node:assert/strict";
import { test } from "node:test";
import { isUuid, refundIdOf } from "./refund-id.ts";

const transactionId = "0f8fad5b-d9cb-469f-a165-70867728950e";

test("a refund's id is a UUID of version 5 that depends on the transaction alone", () => {
  const id = refundIdOf(transactionId);
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(refundIdOf(transactionId.toUpperCase()), id);
  assert.notEqual(refundIdOf("0f8fad5b-d9cb-469f-a165-70867728950f"), id);
});

test("only the textual form of RFC 9562 is a UUID", () => {
  assert.equal(isUuid(transactionId), true);
  for (const text of ["", "x", transactionId.slice(1), `${transactionId}0`, ` ${transactionId}`]) {
    assert.equal(isUuid(text), false, text);
  }
});
