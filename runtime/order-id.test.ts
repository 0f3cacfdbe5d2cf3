import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { nameBasedId } from "./name-based-id.ts";
import { orderIdOf } from "./order-id.ts";

const requestId = "0f8fad5b-d9cb-469f-a165-70867728950e";

test("the order id depends on the user and the request id only", () => {
  const id = orderIdOf("alice", requestId);
  assert.equal(orderIdOf("alice", requestId.toUpperCase()), id);
  assert.notEqual(orderIdOf("bob", requestId), id);
  assert.notEqual(orderIdOf("Alice", requestId), id);
  assert.notEqual(orderIdOf("alice", "0f8fad5b-d9cb-469f-a165-70867728950f"), id);
});

test("the order id can be derived as the proto documents it", () => {
  const proto = readFileSync(
    new URL("../protos/hipstershop.proto", import.meta.url),
    "utf8",
  ).replaceAll(/\s*\/\/\s*/g, " ");
  const [, namespace = ""] = proto.match(/namespace ([0-9a-f-]{36})/) ?? [];
  assert.equal(
    nameBasedId(nameBasedId(namespace, "alice"), requestId),
    orderIdOf("alice", requestId),
  );
});
