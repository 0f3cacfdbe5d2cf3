import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import type { ShopClients } from "../fixtures/clients.ts";
import { address, card, cents } from "./values.ts";

/** The service that places an order. */
export function checkoutSuite(shop: () => ShopClients): void {
  describe("CheckoutService", () => {
    const orderOf = (userId: string, change: object = {}) => ({
      userId,
      userCurrency: "EUR",
      address,
      email: "someone@example.com",
      creditCard: card,
      ...change,
    });
    const fill = async () => {
      const userId = randomUUID();
      const add = (productId: string, quantity: number) =>
        shop().cart.addItem({ userId, item: { productId, quantity } });
      await add("OLJCESPC7Z", 2);
      await add("6E92ZMYYFZ", 1);
      return userId;
    };

    test("turns a cart into an order with exact amounts, and empties it", async () => {
      const userId = await fill();
      const { order } = await shop().checkout.placeOrder(orderOf(userId));
      assert.ok(order?.shippingCost && order.total);
      assert.match(order.orderId, /^[0-9a-f-]{36}$/);
      assert.match(order.shippingTrackingId, /^[A-Y]{2}-/);
      assert.equal(cents(order.shippingCost), "7.95");
      assert.deepEqual(order.shippingAddress, address);
      assert.deepEqual(
        order.items.map(({ item, cost }) => [item?.productId, item?.quantity, cost && cents(cost)]),
        [
          ["OLJCESPC7Z", 2, "17.68"],
          ["6E92ZMYYFZ", 1, "7.95"],
        ],
      );
      // 2 x 17.682441... + 7.952233... + 7.952233...
      assert.equal(cents(order.total), "51.26");
      assert.deepEqual((await shop().cart.getCart({ userId })).items, []);
    });

    test("refuses an empty cart with FAILED_PRECONDITION", async () => {
      await assert.rejects(shop().checkout.placeOrder(orderOf(randomUUID())), {
        code: "FAILED_PRECONDITION",
      });
    });

    test("refuses a bad card with INVALID_ARGUMENT and keeps the cart", async () => {
      const userId = await fill();
      const creditCard = { ...card, creditCardNumber: "4432801561520455" };
      await assert.rejects(shop().checkout.placeOrder(orderOf(userId, { creditCard })), (error) => {
        assert.ok(error instanceof Error && "code" in error);
        assert.equal(error.code, "INVALID_ARGUMENT");
        assert.match(error.message, /Credit card info is invalid/);
        assert.doesNotMatch(error.message, /4432801561520455/);
        return true;
      });
      assert.equal((await shop().cart.getCart({ userId })).items.length, 2);
    });

    for (const [what, change] of [
      ["no user", { userId: "" }],
      ["no currency", { userCurrency: "" }],
      ["an unknown currency", { userCurrency: "AED" }],
      ["no email", { email: "" }],
      ["no address", { address: undefined }],
      ["no card", { creditCard: undefined }],
    ] as const) {
      test(`refuses ${what} with INVALID_ARGUMENT`, async () => {
        const userId = await fill();
        await assert.rejects(shop().checkout.placeOrder(orderOf(userId, change)), {
          code: "INVALID_ARGUMENT",
        });
      });
    }

    test("refuses a cart with a product that is not in the catalog", async () => {
      const userId = randomUUID();
      await shop().cart.addItem({ userId, item: { productId: "GONE", quantity: 1 } });
      await assert.rejects(shop().checkout.placeOrder(orderOf(userId)), (error) => {
        assert.ok(error instanceof Error && "code" in error);
        assert.equal(error.code, "FAILED_PRECONDITION");
        assert.match(error.message, /GONE/);
        return true;
      });
    });
  });
}
