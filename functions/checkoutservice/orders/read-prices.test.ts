import assert from "node:assert/strict";
import { test } from "node:test";
import { StatusError } from "#runtime/status.ts";
import { usd } from "../fixtures/serve-dependencies.ts";
import { fail, startCheckout } from "../fixtures/start-checkout.ts";

const withoutGetProducts = { getProducts: fail("UNIMPLEMENTED", "no such method") };

test("reads the prices of the version of the catalog that the customer saw", async (t) => {
  const { order, requests } = await startCheckout(t);
  await order({ catalogVersion: "v1" });
  const [, request] = requests.find(([method]) => method === "getProducts") ?? [];
  assert.deepEqual(request, { ids: ["A", "B"], version: "v1" });
});

test("reads the products one by one from a catalog such as Online Boutique's", async (t) => {
  const { order, methods } = await startCheckout(t, withoutGetProducts);
  const { order: result } = await order({ catalogVersion: "v1" });
  assert.deepEqual(result?.total, usd(57, 96));
  assert.equal(methods().filter((method) => method === "getProduct").length, 2);
});

test("names a product that such a catalog does not sell", async (t) => {
  const items = [
    { productId: "A", quantity: 1 },
    { productId: "gone", quantity: 1 },
  ];
  const getCart = () => ({ userId: "user", items, version: undefined });
  const { order } = await startCheckout(t, { ...withoutGetProducts, getCart });
  await assert.rejects(order(), {
    code: "FAILED_PRECONDITION",
    message: "failed to prepare order: the product gone in the cart is not sold any more",
  });
});

test("fails as such a catalog does", async (t) => {
  const { order } = await startCheckout(t, {
    ...withoutGetProducts,
    getProduct: ({ id }) => {
      throw new StatusError("UNAVAILABLE", `cannot read ${id}`);
    },
  });
  await assert.rejects(order(), { code: "UNAVAILABLE", message: /cannot read [AB]/ });
});
