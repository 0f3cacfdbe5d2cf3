import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import type { Money } from "#protos/hipstershop.ts";
import type { ShopClients } from "./fixtures/clients.ts";

const usd = (units: bigint, nanos: number): Money => ({ currencyCode: "USD", units, nanos });

const address = {
  streetAddress: "1600 Amphitheatre Parkway",
  city: "Mountain View",
  state: "CA",
  country: "United States",
  zipCode: 94043,
};

const card = {
  creditCardNumber: "4432-8015-6152-0454",
  creditCardCvv: 672,
  creditCardExpirationYear: new Date().getFullYear() + 1,
  creditCardExpirationMonth: 1,
};

/** Online Boutique's prices, by product id. */
const prices: Record<string, Money> = {
  OLJCESPC7Z: usd(19n, 990_000_000),
  "66VCHSJNUP": usd(18n, 990_000_000),
  "1YMWWN1N4O": usd(109n, 990_000_000),
  L9ECAV7KIM: usd(89n, 990_000_000),
  "2ZYFJ3GM2N": usd(24n, 990_000_000),
  "0PUK6V6EV0": usd(18n, 990_000_000),
  LS4PSXUNUM: usd(18n, 490_000_000),
  "9SIQT8TOJO": usd(5n, 490_000_000),
  "6E92ZMYYFZ": usd(8n, 990_000_000),
};

/** Cents, cut off as a page shows them. */
function cents({ units, nanos }: Money): string {
  return `${units}.${String(Math.trunc(nanos / 10_000_000)).padStart(2, "0")}`;
}

/**
 * What any implementation of hipstershop.proto has to do, over the wire: the values are Online
 * Boutique's, the statuses are the ones of this shop where Online Boutique's are known to be wrong.
 */
export function contractSuite(connect: () => Promise<ShopClients>): void {
  let shop: ShopClients;
  before(async () => {
    shop = await connect();
  });
  after(() => shop.close());

  describe("CurrencyService", () => {
    test("knows 33 currencies, euro first", async () => {
      const { currencyCodes } = await shop.currency.getSupportedCurrencies({});
      assert.equal(currencyCodes.length, 33);
      assert.deepEqual(currencyCodes.slice(0, 3), ["EUR", "USD", "JPY"]);
    });

    for (const [from, toCode, expected] of [
      [usd(19n, 990_000_000), "EUR", "17.68"],
      [usd(19n, 990_000_000), "JPY", "2235.06"],
      [usd(19n, 990_000_000), "GBP", "15.20"],
      [usd(19n, 990_000_000), "CAD", "26.74"],
      [usd(19n, 990_000_000), "TRY", "108.29"],
      [usd(8n, 990_000_000), "EUR", "7.95"],
      [usd(8n, 990_000_000), "JPY", "1005.16"],
      [usd(8n, 990_000_000), "TRY", "48.70"],
      [{ currencyCode: "CHF", units: 300n, nanos: 0 }, "EUR", "264.08"],
      [usd(1n, 0), "USD", "1.00"],
      [usd(124n, 0), "USD", "124.00"],
    ] as const) {
      test(`converts ${cents(from)} ${from.currencyCode} to ${expected} ${toCode}`, async () => {
        const money = await shop.currency.convert({ from, toCode });
        assert.equal(money.currencyCode, toCode);
        assert.equal(cents(money), expected);
      });
    }

    test("converts a batch in order, as it converts one by one", async () => {
      const from = Object.values(prices);
      const { results } = await shop.currency.convertBatch({ from, toCode: "EUR" });
      const singly = await Promise.all(
        from.map((money) => shop.currency.convert({ from: money, toCode: "EUR" })),
      );
      assert.deepEqual(results, singly);
    });

    for (const [what, request] of [
      ["an unknown target", { from: usd(1n, 0), toCode: "AED" }],
      ["an empty target", { from: usd(1n, 0), toCode: "" }],
      ["an unknown source", { from: { ...usd(1n, 0), currencyCode: "XXX" }, toCode: "EUR" }],
      ["no amount", { from: undefined, toCode: "EUR" }],
      ["nanos out of range", { from: usd(1n, 1_000_000_000), toCode: "EUR" }],
      ["signs that differ", { from: usd(1n, -1), toCode: "EUR" }],
    ] as const) {
      test(`refuses ${what} with INVALID_ARGUMENT`, async () => {
        await assert.rejects(shop.currency.convert(request), { code: "INVALID_ARGUMENT" });
      });
    }
  });

  describe("ProductCatalogService", () => {
    test("lists the nine products with their prices", async () => {
      const { products } = await shop.catalog.listProducts({});
      assert.deepEqual(
        Object.fromEntries(products.map(({ id, priceUsd }) => [id, priceUsd])),
        prices,
      );
      assert.ok(products.every(({ name, description, picture }) => name && description && picture));
    });

    test("finds a product by its id, and says when there is none", async () => {
      const mug = await shop.catalog.getProduct({ id: "6E92ZMYYFZ" });
      assert.deepEqual(mug.categories, ["kitchen"]);
      await assert.rejects(shop.catalog.getProduct({ id: "nothing" }), {
        code: "NOT_FOUND",
        message: "no product with ID nothing",
      });
    });

    test("searches names and descriptions whatever the case; all for nothing", async () => {
      const search = async (query: string) =>
        (await shop.catalog.searchProducts({ query })).results.map(({ id }) => id);
      assert.ok((await search("WATCH")).includes("1YMWWN1N4O"));
      assert.deepEqual(await search("no such thing anywhere"), []);
      assert.equal((await search("")).length, 9);
    });
  });

  describe("CartService", () => {
    test("adds up, keeps the order, changes, removes and empties", async () => {
      const userId = randomUUID();
      const add = (productId: string, quantity: number) =>
        shop.cart.addItem({ userId, item: { productId, quantity } });
      await add("OLJCESPC7Z", 1);
      await add("6E92ZMYYFZ", 2);
      await add("OLJCESPC7Z", 3);
      assert.deepEqual(await shop.cart.getCart({ userId }), {
        userId,
        items: [
          { productId: "OLJCESPC7Z", quantity: 4 },
          { productId: "6E92ZMYYFZ", quantity: 2 },
        ],
      });
      await shop.cart.setItemQuantity({ userId, item: { productId: "6E92ZMYYFZ", quantity: 7 } });
      await shop.cart.setItemQuantity({ userId, item: { productId: "OLJCESPC7Z", quantity: 0 } });
      assert.deepEqual((await shop.cart.getCart({ userId })).items, [
        { productId: "6E92ZMYYFZ", quantity: 7 },
      ]);
      await shop.cart.emptyCart({ userId });
      assert.deepEqual((await shop.cart.getCart({ userId })).items, []);
      await add("OLJCESPC7Z", 1);
      assert.equal((await shop.cart.getCart({ userId })).userId, userId);
    });

    test("has an empty cart without a user id for an unknown user", async () => {
      assert.deepEqual(await shop.cart.getCart({ userId: randomUUID() }), {
        userId: "",
        items: [],
      });
    });

    test("loses none of many adds at once", async () => {
      const userId = randomUUID();
      const item = { productId: "OLJCESPC7Z", quantity: 1 };
      await Promise.all(Array.from({ length: 40 }, () => shop.cart.addItem({ userId, item })));
      assert.deepEqual((await shop.cart.getCart({ userId })).items, [
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
        await assert.rejects(shop.cart.addItem(request), { code: "INVALID_ARGUMENT" });
      });
    }
  });

  describe("ShippingService", () => {
    test("quotes 8.99 whatever is shipped, and nothing for nothing", async () => {
      const item = { productId: "OLJCESPC7Z", quantity: 3 };
      const quote = await shop.shipping.getQuote({ address: undefined, items: [item, item] });
      assert.deepEqual(quote.costUsd, usd(8n, 990_000_000));
      const none = await shop.shipping.getQuote({ address, items: [] });
      assert.deepEqual(none.costUsd, usd(0n, 0));
    });

    test("gives tracking ids of Online Boutique's form", async () => {
      const { trackingId } = await shop.shipping.shipOrder({ address, items: [] });
      assert.match(trackingId, /^[A-Y]{2}-\d{5}-\d{9}$/);
    });

    test("refuses to ship to nowhere", async () => {
      await assert.rejects(shop.shipping.shipOrder({ address: undefined, items: [] }), {
        code: "INVALID_ARGUMENT",
      });
    });
  });

  describe("PaymentService", () => {
    test("charges a card and gives the charge back, once", async () => {
      const amount = usd(10n, 0);
      const { transactionId } = await shop.payment.charge({ amount, creditCard: card });
      assert.match(transactionId, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-/);
      const refund = await shop.payment.refund({ transactionId, amount });
      assert.deepEqual(await shop.payment.refund({ transactionId, amount }), refund);
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
      test(`refuses ${what} with INVALID_ARGUMENT and says why`, async () => {
        const creditCard = { ...card, ...change };
        await assert.rejects(shop.payment.charge({ amount: usd(1n, 0), creditCard }), {
          code: "INVALID_ARGUMENT",
          message,
        });
      });
    }

    test("takes visa_electron for the visa it is, spaces and hyphens too", async () => {
      for (const creditCardNumber of ["4508 0000 0000 0009", "4026-0000-0000-0002"]) {
        await shop.payment.charge({
          amount: usd(1n, 0),
          creditCard: { ...card, creditCardNumber },
        });
      }
    });

    test("refuses a charge of nothing and of less", async () => {
      for (const amount of [undefined, usd(0n, 0), usd(-1n, 0)]) {
        await assert.rejects(shop.payment.charge({ amount, creditCard: card }), {
          code: "INVALID_ARGUMENT",
        });
      }
    });
  });

  describe("AdService", () => {
    test("shows all ads of a category, and two at random where there are none", async () => {
      const kitchen = await shop.ad.getAds({ contextKeys: ["kitchen"] });
      assert.deepEqual(
        kitchen.ads.map(({ redirectUrl }) => redirectUrl),
        ["/product/9SIQT8TOJO", "/product/6E92ZMYYFZ"],
      );
      assert.equal((await shop.ad.getAds({ contextKeys: [] })).ads.length, 2);
      assert.equal((await shop.ad.getAds({ contextKeys: ["tops"] })).ads.length, 2);
    });
  });

  describe("RecommendationService", () => {
    test("draws five products that are not there already, and all that are left", async () => {
      const ids = Object.keys(prices);
      const draw = async (productIds: string[]) =>
        (await shop.recommendation.listRecommendations({ userId: "u", productIds })).productIds;
      const five = await draw(ids.slice(0, 2));
      assert.equal(new Set(five).size, 5);
      assert.ok(five.every((id) => ids.slice(2).includes(id)));
      assert.deepEqual(await draw(ids.slice(0, 8)), ids.slice(8));
      assert.deepEqual(await draw(ids), []);
    });
  });

  describe("EmailService", () => {
    test("refuses a confirmation without an order or an address", async () => {
      for (const request of [
        { email: "someone@example.com", order: undefined },
        { email: "", order: undefined },
      ]) {
        await assert.rejects(shop.email.sendOrderConfirmation(request), {
          code: "INVALID_ARGUMENT",
        });
      }
    });
  });

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
        shop.cart.addItem({ userId, item: { productId, quantity } });
      await add("OLJCESPC7Z", 2);
      await add("6E92ZMYYFZ", 1);
      return userId;
    };

    test("turns a cart into an order, to the cent, and empties it", async () => {
      const userId = await fill();
      const { order } = await shop.checkout.placeOrder(orderOf(userId));
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
      assert.deepEqual((await shop.cart.getCart({ userId })).items, []);
    });

    test("refuses an empty cart with FAILED_PRECONDITION", async () => {
      await assert.rejects(shop.checkout.placeOrder(orderOf(randomUUID())), {
        code: "FAILED_PRECONDITION",
      });
    });

    test("refuses a bad card with INVALID_ARGUMENT and keeps the cart", async () => {
      const userId = await fill();
      const creditCard = { ...card, creditCardNumber: "4432801561520455" };
      await assert.rejects(shop.checkout.placeOrder(orderOf(userId, { creditCard })), (error) => {
        assert.ok(error instanceof Error && "code" in error);
        assert.equal(error.code, "INVALID_ARGUMENT");
        assert.match(error.message, /Credit card info is invalid/);
        assert.doesNotMatch(error.message, /4432801561520455/);
        return true;
      });
      assert.equal((await shop.cart.getCart({ userId })).items.length, 2);
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
        await assert.rejects(shop.checkout.placeOrder(orderOf(userId, change)), {
          code: "INVALID_ARGUMENT",
        });
      });
    }

    test("refuses a cart that holds what the catalog does not know", async () => {
      const userId = randomUUID();
      await shop.cart.addItem({ userId, item: { productId: "GONE", quantity: 1 } });
      await assert.rejects(shop.checkout.placeOrder(orderOf(userId)), (error) => {
        assert.ok(error instanceof Error && "code" in error);
        assert.equal(error.code, "FAILED_PRECONDITION");
        assert.match(error.message, /GONE/);
        return true;
      });
    });
  });
}
