import assert from "node:assert/strict";
import { test } from "node:test";
import ads from "./ads.json" with { type: "json" };
import { pickAds } from "./pick-ads.ts";

function pickedProducts(contextKeys: readonly string[], random = () => 0) {
  return pickAds(contextKeys, random).response.ads.map(({ redirectUrl }) =>
    redirectUrl.split("/").at(-1),
  );
}

const matches = [
  { keys: ["clothing"], products: ["66VCHSJNUP"] },
  { keys: ["accessories"], products: ["1YMWWN1N4O"] },
  { keys: ["footwear"], products: ["L9ECAV7KIM"] },
  { keys: ["hair", "beauty"], products: ["2ZYFJ3GM2N"] },
  { keys: ["decor", "home"], products: ["0PUK6V6EV0"] },
  { keys: ["kitchen"], products: ["9SIQT8TOJO", "6E92ZMYYFZ"] },
  { keys: ["kitchen", "hair"], products: ["9SIQT8TOJO", "6E92ZMYYFZ", "2ZYFJ3GM2N"] },
  { keys: ["hair", "hair"], products: ["2ZYFJ3GM2N", "2ZYFJ3GM2N"] },
];

for (const { keys, products } of matches) {
  test(`[${keys}] returns the ads of ${products}`, () => {
    assert.deepEqual(pickedProducts(keys), products);
    assert.equal(pickAds(keys, Math.random).targeted, true);
  });
}

for (const keys of [[], ["tops"], ["Kitchen"], ["kitchen "], [""], ["constructor"]]) {
  test(`[${keys}] matches no category and returns two random ads`, () => {
    const numbers = [0, 1 - Number.EPSILON / 2];
    assert.deepEqual(
      pickedProducts(keys, () => numbers.shift() ?? 0),
      ["66VCHSJNUP", "6E92ZMYYFZ"],
    );
    assert.equal(pickAds(keys, Math.random).targeted, false);
  });
}

test("may draw the same ad twice", () => {
  assert.deepEqual(
    pickedProducts([], () => 0.5),
    ["2ZYFJ3GM2N", "2ZYFJ3GM2N"],
  );
});

test("has seven ads with different texts", () => {
  assert.equal(ads.length, 7);
  assert.equal(new Set(ads.map(({ text }) => text)).size, 7);
});
