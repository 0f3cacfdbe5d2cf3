import assert from "node:assert/strict";
import { test } from "node:test";
import { GetCartRequest, ListProductsResponse } from "#protos/hipstershop.ts";
import { asConstant, encodeMessage } from "./encode-message.ts";

const request = { userId: "u" };
const encoded = Buffer.from(GetCartRequest.encode(request).finish());

test("a message is encoded whole, whatever was encoded before", () => {
  const first = encodeMessage(GetCartRequest, request);
  assert.deepEqual(encodeMessage(GetCartRequest, { userId: "" }).length, 0);
  const long = { userId: "x".repeat(200_000) };
  assert.deepEqual(GetCartRequest.decode(encodeMessage(GetCartRequest, long)), long);
  assert.deepEqual(encodeMessage(GetCartRequest, request), encoded);
  assert.deepEqual(first, encoded);
});

test("an error leaves nothing of its message in the next one", () => {
  const broken = { products: [{ id: "a" }, undefined] } as never;
  assert.throws(() => encodeMessage(ListProductsResponse, broken));
  assert.deepEqual(encodeMessage(GetCartRequest, request), encoded);
});

test("a constant message is encoded once, and its bytes stay the same", () => {
  let count = 0;
  const codec: typeof GetCartRequest = {
    ...GetCartRequest,
    encode: (...values) => {
      count += 1;
      return GetCartRequest.encode(...values);
    },
  };
  const constant = asConstant({ ...request });
  encodeMessage(codec, constant);
  encodeMessage(codec, { userId: "another" });
  assert.deepEqual(encodeMessage(codec, constant), encoded);
  assert.equal(count, 2);
  encodeMessage(codec, { ...constant });
  assert.equal(count, 3);
});
