import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import type { ShopClients } from "../fixtures/clients.ts";
import { address, card, usd } from "./values.ts";

/** The services that an order consists of. */
export function orderSuite(shop: () => ShopClients): void {
  describe("CartService", () => {
    test("adds quantities, keeps the order, changes, removes and empties", async () => {
      const userId = randomUUID();
      const add = (productId: string, quantity: number) =>
        shop().cart.addItem({ userId, item: { productId, quantity } });
      await add("OLJCESPC7Z", 1);
      await add("6E92ZMYYFZ", 2);
      await add("OLJCESPC7Z", 3);
      const { version: _, ...cart } = await shop().cart.getCart({ userId });
      assert.deepEqual(cart, {
        userId,
        items: [
          { productId: "OLJCESPC7Z", quantity: 4 },
          { productId: "6E92ZMYYFZ", quantity: 2 },
        ],
      });
      await shop().cart.setItemQuantity({ userId, item: { productId: "6E92ZMYYFZ", quantity: 7 } });
      await shop().cart.setItemQuantity({ userId, item: { productId: "OLJCESPC7Z", quantity: 0 } });
      assert.deepEqual((await shop().cart.getCart({ userId })).items, [
        { productId: "6E92ZMYYFZ", quantity: 7 },
      ]);
      await shop().cart.emptyCart({ userId });
      assert.deepEqual((await shop().cart.getCart({ userId })).items, []);
      await add("OLJCESPC7Z", 1);
      assert.equal((await shop().cart.getCart({ userId })).userId, userId);
    });

    test("removes an order from a cart once, and versions the cart by its lines", async () => {
      const userId = randomUUID();
      const orderId = randomUUID();
      const items = [{ productId: "OLJCESPC7Z", quantity: 2 }];
      const item = { productId: "OLJCESPC7Z", quantity: 3 };
      await shop().cart.addItem({ userId, item });
      const { version } = await shop().cart.getCart({ userId });
      assert.ok(version);
      await shop().cart.removeItems({ userId, items, orderId });
      await shop().cart.removeItems({ userId, items, orderId });
      const rest = await shop().cart.getCart({ userId });
      assert.deepEqual(rest.items, [{ productId: "OLJCESPC7Z", quantity: 1 }]);
      assert.notEqual(rest.version, version);
      await shop().cart.setItemQuantity({ userId, item });
      assert.equal((await shop().cart.getCart({ userId })).version, version);
    });

    test("has an empty cart without a user id for an unknown user", async () => {
      const cart = await shop().cart.getCart({ userId: randomUUID() });
      assert.deepEqual(cart, { userId: "", items: [], version: undefined });
    });

    test("loses no item of 40 concurrent adds", async () => {
      const userId = randomUUID();
      const item = { productId: "OLJCESPC7Z", quantity: 1 };
      await Promise.all(Array.from({ length: 40 }, () => shop().cart.addItem({ userId, item })));
      assert.deepEqual((await shop().cart.getCart({ userId })).items, [
        { productId: "OLJCESPC7Z", quantity: 40 },
      ]);
    });

    for (const [what, request] of [
      ["no user", { userId: "", item: { productId: "OLJCESPC7Z", quantity: 1 } }],
      ["no item", { userId: "u", item: undefined }],
      ["no product", { userId: "u", item: { productId: "", quantity: 1 } }],
      ["no quantity", { userId: "u", item: { productId: "OLJCESPC7Z", quantity: 0 } }],
      ["a negative quantity", { userId: "u", item: { productId: "OLJCESPC7Z", quantity: -1 } }],
      ["a huge user id", { userId: "u".repeat(10_000), item: { productId: "x", quantity: 1 } }],
    ] as const) {
      test(`refuses to add with ${what}: INVALID_ARGUMENT`, async () => {
        await assert.rejects(shop().cart.addItem(request), { code: "INVALID_ARGUMENT" });
      });
    }
  });

  describe("ShippingService", () => {
    test("quotes 8.99 for any items, and 0 for none", async () => {
      const item = { productId: "OLJCESPC7Z", quantity: 3 };
      const quote = await shop().shipping.getQuote({ address: undefined, items: [item, item] });
      assert.deepEqual(quote.costUsd, usd(8n, 990_000_000));
      const none = await shop().shipping.getQuote({ address, items: [] });
      assert.deepEqual(none.costUsd, usd(0n, 0));
    });

    test("returns tracking ids in Online Boutique's format", async () => {
      const { trackingId } = await shop().shipping.shipOrder({ address, items: [] });
      assert.match(trackingId, /^[A-Y]{2}-\d{5}-\d{9}$/);
    });

    test("refuses to ship without an address", async () => {
      await assert.rejects(shop().shipping.shipOrder({ address: undefined, items: [] }), {
        code: "INVALID_ARGUMENT",
      });
    });
  });

  describe("PaymentService", () => {
    test("charges a card and refunds the charge once", async () => {
      const amount = usd(10n, 0);
      const { transactionId } = await shop().payment.charge({ amount, creditCard: card });
      assert.match(transactionId, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-/);
      const refund = await shop().payment.refund({ transactionId, amount });
      assert.deepEqual(await shop().payment.refund({ transactionId, amount }), refund);
    });

    for (const [what, change, message] of [
      ["a wrong number", { creditCardNumber: "4432801561520455" }, "Credit card info is invalid"],
      ["no number", { creditCardNumber: "" }, "Credit card info is invalid"],
      [
        "American Express",
        { creditCardNumber: "378282246310005" },
        "Sorry, we cannot process amex credit cards. Only VISA or MasterCard is accepted.",
      ],
      [
        "an expired card",
        { creditCardExpirationYear: 2020 },
        "Your credit card (ending 0454) expired on 1/2020",
      ],
    ] as const) {
      test(`refuses ${what} with INVALID_ARGUMENT with the reason`, async () => {
        const creditCard = { ...card, ...change };
        await assert.rejects(shop().payment.charge({ amount: usd(1n, 0), creditCard }), {
          code: "INVALID_ARGUMENT",
          message,
        });
      });
    }

    test("accepts Visa Electron as Visa, and spaces and hyphens in the number", async () => {
      for (const creditCardNumber of ["4508 0000 0000 0009", "4026-0000-0000-0002"]) {
        await shop().payment.charge({
          amount: usd(1n, 0),
          creditCard: { ...card, creditCardNumber },
        });
      }
    });

    test("refuses a charge without an amount, of zero and of less", async () => {
      for (const amount of [undefined, usd(0n, 0), usd(-1n, 0)]) {
        await assert.rejects(shop().payment.charge({ amount, creditCard: card }), {
          code: "INVALID_ARGUMENT",
        });
      }
    });
  });

  describe("EmailService", () => {
    test("refuses a confirmation without an order or an address", async () => {
      for (const request of [
        { email: "someone@example.com", order: undefined },
        { email: "", order: undefined },
      ]) {
        await assert.rejects(shop().email.sendOrderConfirmation(request), {
          code: "INVALID_ARGUMENT",
        });
      }
    });
  });
}
