import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { hiddenFieldsOf } from "#load/hidden-fields.ts";
import { createClient } from "#runtime/client.ts";
import { type LocalShop, startLocalShop } from "../fixtures/local-shop.ts";
import {
  generateContract,
  loadContract,
  type OnlineBoutique,
} from "../fixtures/online-boutique/contract.ts";
import { orderForm, Visitor } from "../fixtures/visitor.ts";
import { address, card, cents } from "./values.ts";

const generated = generateContract();
after(generated.remove);

describe("clients of Online Boutique at this shop", () => {
  let contract: OnlineBoutique;
  let shop: LocalShop;
  before(async () => {
    contract = await loadContract(generated.path);
    shop = await startLocalShop();
  });
  after(() => shop.close());

  test("each call of PlaceOrder orders the cart", async (t) => {
    const cart = createClient(contract.CartServiceDefinition, shop.addressOf("cartservice"));
    const checkout = createClient(
      contract.CheckoutServiceDefinition,
      shop.addressOf("checkoutservice"),
      { timeoutMs: 30_000 },
    );
    t.after(() => cart.close());
    t.after(() => checkout.close());
    const userId = randomUUID();
    const order = async () => {
      await cart.addItem({ userId, item: { productId: "OLJCESPC7Z", quantity: 2 } });
      const response = await checkout.placeOrder({
        userId,
        userCurrency: "USD",
        address,
        email: "someone@example.com",
        creditCard: card,
      });
      assert.deepEqual((await cart.getCart({ userId })).items, []);
      return response.order;
    };
    const first = await order();
    const second = await order();
    for (const placed of [first, second]) {
      assert.match(placed?.shippingTrackingId ?? "", /^[A-Y]{2}-\d{5}-\d{9}$/);
      assert.deepEqual(placed?.shippingAddress, address);
      assert.equal(placed?.shippingCost && cents(placed.shippingCost), "8.99");
      assert.deepEqual(
        placed?.items.map(({ item, cost }) => [
          item?.productId,
          item?.quantity,
          cost && cents(cost),
        ]),
        [["OLJCESPC7Z", 2, "19.99"]],
      );
    }
    assert.notEqual(first?.orderId, second?.orderId);
  });

  test("an order form without the fields of this shop is an order", async () => {
    const visitor = new Visitor(shop.platform.urls.storefront);
    for (let order = 1; order <= 2; order += 1) {
      await add(visitor, "6E92ZMYYFZ", 2);
      await expectOrder(visitor, await visitor.post("/cart/checkout", orderForm));
    }
  });
});

// That of fixtures/online-boutique/shippingservice.ts.
const theirTrackingId = "OB-10123-101234567";

for (const theirs of [
  ["cartservice"],
  ["productcatalogservice"],
  ["paymentservice"],
  ["shippingservice"],
  ["checkoutservice"],
  ["cartservice", "paymentservice", "shippingservice"],
  ["cartservice", "productcatalogservice", "paymentservice", "shippingservice", "checkoutservice"],
]) {
  describe(`this storefront with Online Boutique's ${theirs.join(", ")}`, () => {
    let shop: LocalShop;
    before(async () => {
      shop = await startLocalShop({
        programs: Object.fromEntries(theirs.map((name) => [name, generated.programOf(name)])),
      });
    });
    after(() => shop.close());

    test("sells what the cart page shows, in two orders", async () => {
      const visitor = new Visitor(shop.platform.urls.storefront);
      for (let order = 1; order <= 2; order += 1) {
        await add(visitor, "6E92ZMYYFZ", 2);
        await add(visitor, "OLJCESPC7Z", 1);
        const page = await readPage(await visitor.get("/cart"));
        const form = { ...hiddenFieldsOf(page, "/cart/checkout"), ...orderForm };
        const ordered = await expectOrder(visitor, await visitor.post("/cart/checkout", form));
        assert.equal(ordered.includes(theirTrackingId), theirs.includes("shippingservice"));
      }
    });

    test("sells to forms without the fields of this shop", async () => {
      const visitor = new Visitor(shop.platform.urls.storefront);
      await add(visitor, "6E92ZMYYFZ", 2);
      await expectOrder(visitor, await visitor.post("/cart/checkout", orderForm));
    });
  });
}

describe("this storefront with Online Boutique's checkoutservice that fails after the charge", () => {
  test("charges once", async (t) => {
    const theirs = ["checkoutservice", "paymentservice", "shippingservice"];
    const shop = await startLocalShop({
      programs: Object.fromEntries(theirs.map((name) => [name, generated.programOf(name)])),
    });
    t.after(() => shop.close());
    const visitor = new Visitor(shop.platform.urls.storefront);
    // In the first order, a retry could come too late because of cold starts.
    for (const [order, { city, status }] of [
      { city: "Somewhere", status: 200 },
      { city: "Nowhere", status: 503 },
    ].entries()) {
      await add(visitor, "6E92ZMYYFZ", 2);
      const page = await readPage(await visitor.get("/cart"));
      const form = { ...hiddenFieldsOf(page, "/cart/checkout"), ...orderForm, city };
      assert.equal((await visitor.post("/cart/checkout", form)).status, status);
      const charges = readFileSync(join(shop.dataDir, "charges"), "utf8");
      assert.equal(charges, "charged\n".repeat(order + 1));
    }
  });
});

async function add(visitor: Visitor, productId: string, quantity: number): Promise<void> {
  const form = { product_id: productId, quantity: String(quantity) };
  assert.equal((await visitor.post("/cart", form)).status, 302);
}

/** Follows the redirect to an order, which must have a tracking id, and expects an empty cart. */
async function expectOrder(visitor: Visitor, response: Response): Promise<string> {
  const location = response.headers.get("location");
  const page = await readPage(location === null ? response : await visitor.get(location));
  assert.match(page, /\b[A-Z]{2}-\d+-\d+/);
  assert.match(await readPage(await visitor.get("/cart")), /Your cart is empty/);
  return page;
}

async function readPage(response: Response): Promise<string> {
  const text = await response.text();
  assert.equal(response.status, 200, text.slice(-3000));
  return text;
}
