import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { exampleCalls, type Preparation } from "#load/example-calls.ts";
import { shopMethods } from "#load/methods.ts";
import { RpcClient } from "../bench/rpc-client.ts";
import { type LocalShop, startLocalShop } from "./fixtures/local-shop.ts";

test("every method of the shop has one example", () => {
  assert.deepEqual(
    exampleCalls.map(({ method }) => method).sort(),
    shopMethods.map(({ name }) => name).sort(),
  );
});

describe("examples of calls", () => {
  let shop: LocalShop;
  before(async () => {
    shop = await startLocalShop();
  });
  after(() => shop.close());

  for (const { method, createRequest, preparation } of exampleCalls) {
    test(`${method} returns OK`, async () => {
      const request = createRequest("example");
      await call(shop, { method, request, preparation: preparation?.("example") });
    });
  }
});

async function call(shop: LocalShop, { method: name, request, preparation }: Preparation) {
  if (preparation) await call(shop, preparation);
  const method = shopMethods.find((each) => each.name === name);
  assert.ok(method);
  const { port } = new URL(`http://${shop.addressOf(method.functionName)}`);
  const client = new RpcClient(Number(port));
  try {
    await client.call(method.path, method.encode(request));
  } finally {
    client.close();
  }
}
