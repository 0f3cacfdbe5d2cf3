import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCatalog } from "./parse-catalog.ts";

const mug = {
  id: "MUG",
  name: "Mug",
  description: "Holds tea.",
  picture: "/mug.svg",
  priceUsd: { currencyCode: "USD", units: 8, nanos: 990_000_000 },
  categories: ["kitchen"],
};

function mistakesOf(json: unknown): readonly string[] {
  const parsed = parseCatalog(json);
  return "mistakes" in parsed ? parsed.mistakes : [];
}

test("reads units as a number or a string", () => {
  const price = { ...mug.priceUsd, units: "8" };
  const parsed = parseCatalog({ products: [mug, { ...mug, id: "M2", priceUsd: price }] });
  assert.ok("products" in parsed);
  const expected = { ...mug, priceUsd: { ...mug.priceUsd, units: 8n } };
  assert.deepEqual(parsed.products, [expected, { ...expected, id: "M2" }]);
});

test("reads missing optional fields as empty", () => {
  const parsed = parseCatalog({
    products: [{ id: "A", name: "B", priceUsd: { currencyCode: "USD" } }],
  });
  assert.ok("products" in parsed);
  assert.deepEqual(parsed.products[0], {
    id: "A",
    name: "B",
    description: "",
    picture: "",
    priceUsd: { currencyCode: "USD", units: 0n, nanos: 0 },
    categories: [],
  });
});

const mistakes = [
  { json: null, mistake: "products is missing: expected a list of at least one product" },
  { json: [mug], mistake: "products is missing: expected a list of at least one product" },
  { json: { products: [] }, mistake: "products is []: expected a list of at least one product" },
  {
    json: { products: [mug, 7] },
    mistake:
      "products[1] is 7: expected an object with id, name, description, picture, priceUsd, categories",
  },
  {
    json: { products: [{ ...mug, id: "" }] },
    mistake: 'products[0].id is "": expected a text that is not empty',
  },
  {
    json: { products: [{ ...mug, name: undefined }] },
    mistake: "products[0].name is missing: expected a text that is not empty",
  },
  {
    json: { products: [mug, { ...mug, name: "Mug 2" }] },
    mistake: 'products[1].id is "MUG": expected another id than that of products[0]',
  },
  {
    json: { products: [{ ...mug, price_usd: 1 }] },
    mistake:
      "products[0].price_usd is 1: expected one of id, name, description, picture, priceUsd, categories",
  },
  {
    json: { products: [{ ...mug, categories: "kitchen" }] },
    mistake: 'products[0].categories is "kitchen": expected a list of texts',
  },
  {
    json: { products: [{ ...mug, categories: ["a", 5] }] },
    mistake: "products[0].categories[1] is 5: expected a text that is not empty",
  },
  {
    json: { products: [{ ...mug, priceUsd: { ...mug.priceUsd, currencyCode: "EUR" } }] },
    mistake: 'products[0].priceUsd.currencyCode is "EUR": expected "USD"',
  },
  {
    json: { products: [{ ...mug, priceUsd: { ...mug.priceUsd, units: 8.99 } }] },
    mistake: "products[0].priceUsd.units is 8.99: expected a whole number, not negative",
  },
  {
    json: { products: [{ ...mug, priceUsd: { ...mug.priceUsd, nanos: 1e9 } }] },
    mistake: "products[0].priceUsd.nanos is 1000000000: expected 0 to 999999999",
  },
];

for (const { json, mistake } of mistakes) {
  test(`rejects a catalog: ${mistake}`, () => {
    assert.deepEqual(mistakesOf(json), [mistake]);
  });
}

test("reports all mistakes at once", () => {
  const bad = { ...mug, id: 5, priceUsd: { currencyCode: "USD", units: -1, nanos: -1 } };
  assert.deepEqual(
    mistakesOf({ products: [bad, mug, mug] }).map((mistake) => mistake.split(" ")[0]),
    [
      "products[0].id",
      "products[0].priceUsd.units",
      "products[0].priceUsd.nanos",
      "products[2].id",
    ],
  );
});
