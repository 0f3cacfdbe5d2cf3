import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hiddenFieldsFor, noTerms, readOrderTerms } from "./order-terms.ts";

const expectedCart = {
  userId: "",
  items: [
    { productId: "MUG", quantity: 2 },
    { productId: "a, b/é'", quantity: 2_147_483_647 },
  ],
};
const requestId = "3f0b6c1e-7a52-4d0e-9a3e-2f6f0f5f8c11";

describe("the hidden fields of the order form", () => {
  for (const [text, units, nanos] of [
    ["USD 28.98", 28n, 980_000_000],
    ["JPY 3240", 3240n, 0],
    ["EUR 0.05", 0n, 50_000_000],
    ["KWD 1.000000001", 1n, 1],
    ["USD 999999999999999999.9", 999_999_999_999_999_999n, 900_000_000],
  ] as const) {
    it(`state the exact total ${text}`, () => {
      const expectedTotal = { currencyCode: text.slice(0, 3), units, nanos };
      const terms = {
        requestId,
        expectedTotal,
        cartVersion: "v1",
        catalogVersion: "c1",
        expectedCart,
      };
      const fields = hiddenFieldsFor(terms);
      assert.equal(fields.get("expected_total"), text);
      assert.deepEqual(readOrderTerms(fields).value, terms);
    });
  }

  it("are optional, each by itself", () => {
    assert.deepEqual(readOrderTerms(new Map()).value, noTerms);
    assert.deepEqual([...hiddenFieldsFor(noTerms)], []);
    const terms = { ...noTerms, requestId };
    assert.deepEqual(readOrderTerms(hiddenFieldsFor(terms)).value, terms);
  });

  it("leave out a cart that is very long", () => {
    const items = Array.from({ length: 100 }, () => ({ productId: "x".repeat(64), quantity: 1 }));
    const terms = { ...noTerms, requestId, expectedCart: { userId: "", items } };
    assert.deepEqual([...hiddenFieldsFor(terms).keys()], ["request_id"]);
  });

  for (const [name, values] of Object.entries({
    request_id: ["", "7", `${requestId}0`, requestId.replaceAll("-", "")],
    expected_total: ["", "28.98", "USD", "USD -1", "USD 1,5", "USD 1.0000000001", "$ 1", "usd 1"],
    cart_version: ["", " ", "a b", "ü", "x".repeat(129)],
    expected_cart: [
      "",
      "MUG",
      "MUG 0",
      "MUG -1",
      "MUG 1,",
      "MUG 1, JAR 1",
      "%zz 1",
      "MUG 1e3",
      "MUG 2147483648",
    ],
    catalog_version: ["", " ", "a b", "ü", "x".repeat(129)],
  })) {
    it(`are rejected with their names: ${name}`, () => {
      for (const value of values) {
        const { errors } = readOrderTerms(new Map([[name, value]]));
        assert.deepEqual([...(errors?.keys() ?? [])], [name], value);
      }
    });
  }
});
