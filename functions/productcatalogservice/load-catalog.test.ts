import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { formatMoney } from "#runtime/money.ts";
import { loadCatalog } from "./load-catalog.ts";

async function writeCatalog(t: TestContext, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "catalog-"));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, "catalog.json");
  await writeFile(file, text);
  return file;
}

test("the built-in catalog has Online Boutique's ids, prices and categories", async () => {
  const products = await loadCatalog(undefined);
  assert.deepEqual(
    products.map(({ id, priceUsd, categories }) => [
      id,
      priceUsd && formatMoney(priceUsd),
      categories.join(),
    ]),
    [
      ["OLJCESPC7Z", "$19.99", "accessories"],
      ["66VCHSJNUP", "$18.99", "clothing,tops"],
      ["1YMWWN1N4O", "$109.99", "accessories"],
      ["L9ECAV7KIM", "$89.99", "footwear"],
      ["2ZYFJ3GM2N", "$24.99", "hair,beauty"],
      ["0PUK6V6EV0", "$18.99", "decor,home"],
      ["LS4PSXUNUM", "$18.49", "kitchen"],
      ["9SIQT8TOJO", "$5.49", "kitchen"],
      ["6E92ZMYYFZ", "$8.99", "kitchen"],
    ],
  );
  for (const { picture, description } of products) {
    assert.match(picture, /^\/static\/img\/products\/[a-z-]+\.svg$/);
    assert.ok(description.length > 40);
  }
});

test("loads another catalog from a file", async (t) => {
  const product = { id: "X", name: "Y", priceUsd: { currencyCode: "USD", units: 1 } };
  const file = await writeCatalog(t, JSON.stringify({ products: [product] }));
  assert.deepEqual(
    (await loadCatalog(file)).map(({ id }) => id),
    ["X"],
  );
});

test("fails with ConfigError if the file is missing, not JSON or not a catalog", async (t) => {
  await assert.rejects(loadCatalog("/nowhere/catalog.json"), {
    name: "ConfigError",
    message: /^PRODUCT_CATALOG_FILE is "\/nowhere\/catalog\.json": expected a readable JSON file/,
  });
  await assert.rejects(loadCatalog(await writeCatalog(t, "{")), {
    name: "ConfigError",
    message: /expected a readable JSON file/,
  });
  await assert.rejects(loadCatalog(await writeCatalog(t, '{"products":[{"id":1},{}]}')), {
    name: "ConfigError",
    message: /^PRODUCT_CATALOG_FILE: products\[0\]\.id is 1: .*\n.*\n/,
  });
});
