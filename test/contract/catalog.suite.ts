import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ShopClients } from "../fixtures/clients.ts";
import { cents, prices, usd } from "./values.ts";

/** The services that a visitor browses with. */
export function catalogSuite(shop: () => ShopClients): void {
  describe("CurrencyService", () => {
    test("lists 33 currencies, euro first", async () => {
      const { currencyCodes } = await shop().currency.getSupportedCurrencies({});
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
        const money = await shop().currency.convert({ from, toCode });
        assert.equal(money.currencyCode, toCode);
        assert.equal(cents(money), expected);
      });
    }

    test("converts a batch in order, to the same results as single calls", async () => {
      const from = Object.values(prices);
      const { results } = await shop().currency.convertBatch({ from, toCode: "EUR" });
      const singly = await Promise.all(
        from.map((money) => shop().currency.convert({ from: money, toCode: "EUR" })),
      );
      assert.deepEqual(results, singly);
    });

    test("returns the list of currencies with a batch", async () => {
      const { currencyCodes } = await shop().currency.convertBatch({ from: [], toCode: "EUR" });
      assert.deepEqual(
        currencyCodes,
        (await shop().currency.getSupportedCurrencies({})).currencyCodes,
      );
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
        await assert.rejects(shop().currency.convert(request), { code: "INVALID_ARGUMENT" });
      });
    }
  });

  describe("ProductCatalogService", () => {
    test("lists the nine products with their prices", async () => {
      const { products } = await shop().catalog.listProducts({});
      assert.deepEqual(
        Object.fromEntries(products.map(({ id, priceUsd }) => [id, priceUsd])),
        prices,
      );
      assert.ok(products.every(({ name, description, picture }) => name && description && picture));
    });

    test("finds a product by its id, and returns NOT_FOUND if it is missing", async () => {
      const mug = await shop().catalog.getProduct({ id: "6E92ZMYYFZ" });
      assert.deepEqual(mug.categories, ["kitchen"]);
      await assert.rejects(shop().catalog.getProduct({ id: "nothing" }), {
        code: "NOT_FOUND",
        message: "no product with ID nothing",
      });
    });

    test("returns several products in one call, without those that are missing", async () => {
      const { version } = await shop().catalog.listProducts({});
      const ids = ["6E92ZMYYFZ", "nothing", "OLJCESPC7Z", "6E92ZMYYFZ"];
      const answers = [
        await shop().catalog.getProducts({ ids }),
        await shop().catalog.getProducts({ ids, version }),
        await shop().catalog.getProducts({ ids, version: "a version of long ago" }),
      ];
      for (const { products, version: present } of answers) {
        assert.equal(present, version);
        assert.deepEqual(
          products.map(({ id, priceUsd }) => [id, priceUsd]),
          ["6E92ZMYYFZ", "OLJCESPC7Z"].map((id) => [id, prices[id]]),
        );
      }
    });

    test("searches names and descriptions, ignoring case; an empty query returns all", async () => {
      const search = async (query: string) =>
        (await shop().catalog.searchProducts({ query })).results.map(({ id }) => id);
      assert.ok((await search("WATCH")).includes("1YMWWN1N4O"));
      assert.deepEqual(await search("no such thing anywhere"), []);
      assert.equal((await search("")).length, 9);
    });
  });

  describe("AdService", () => {
    test("returns all ads of a category, and two random ones if the category has none", async () => {
      const kitchen = await shop().ad.getAds({ contextKeys: ["kitchen"] });
      assert.deepEqual(
        kitchen.ads.map(({ redirectUrl }) => redirectUrl),
        ["/product/9SIQT8TOJO", "/product/6E92ZMYYFZ"],
      );
      assert.equal((await shop().ad.getAds({ contextKeys: [] })).ads.length, 2);
      assert.equal((await shop().ad.getAds({ contextKeys: ["tops"] })).ads.length, 2);
    });
  });

  describe("RecommendationService", () => {
    test("recommends five products that are not in the list, or all that remain", async () => {
      const ids = Object.keys(prices);
      const draw = async (productIds: string[]) =>
        (await shop().recommendation.listRecommendations({ userId: "u", productIds })).productIds;
      const five = await draw(ids.slice(0, 2));
      assert.equal(new Set(five).size, 5);
      assert.ok(five.every((id) => ids.slice(2).includes(id)));
      assert.deepEqual(await draw(ids.slice(0, 8)), ids.slice(8));
      assert.deepEqual(await draw(ids), []);
    });
  });
}
