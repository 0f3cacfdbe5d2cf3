import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { chooseReturnPath } from "./preferences.ts";

const rows: [string | undefined, string][] = [
  [undefined, "/"],
  ["", "/"],
  ["nonsense", "/"],
  ["http://shop.example/", "/"],
  ["http://shop.example/?category=hair", "/?category=hair"],
  ["http://shop.example/product/MUG", "/product/MUG"],
  ["http://shop.example/search?q=a%26b", "/search?q=a%26b"],
  ["http://shop.example/cart", "/cart"],
  ["http://shop.example/cart/checkout", "/cart"],
  ["http://shop.example/orders", "/orders"],
  ["http://shop.example/orders/7d1c1b52", "/orders/7d1c1b52"],
  ["https://shop.example/cart#order", "/cart"],
  ["http://shop.example/unknown", "/"],
  ["http://shop.example//evil.example", "/"],
  ["http://shop.example/\\evil.example", "/"],
  ["http://shop.example/product//evil.example", "/"],
  ["http://evil.example/cart", "/"],
  ["http://shop.example@evil.example/cart", "/"],
  ["javascript:alert(1)", "/"],
];

describe("chooseReturnPath", () => {
  for (const [referer, expected] of rows) {
    it(`returns ${expected} for ${JSON.stringify(referer)}`, () => {
      assert.equal(chooseReturnPath(referer, "shop.example"), expected);
    });
  }
});
