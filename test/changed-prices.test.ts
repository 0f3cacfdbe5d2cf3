import assert from "node:assert/strict";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { hiddenFieldsOf } from "#load/hidden-fields.ts";
import { functionsFolder } from "#manifest/manifest.ts";
import { createClients } from "./fixtures/clients.ts";
import { startLocalShop } from "./fixtures/local-shop.ts";
import { poll } from "./fixtures/poll.ts";
import { orderForm, Visitor } from "./fixtures/visitor.ts";

const mug = "6E92ZMYYFZ";

/** The volume of a ConfigMap with a catalog: a change replaces a symbolic link of a folder. */
class CatalogVolume {
  readonly #folder: string;
  readonly #text: string;
  #changes = 0;

  constructor(t: TestContext) {
    this.#folder = mkdtempSync(join(tmpdir(), "catalog-"));
    t.after(() => rmSync(this.#folder, { recursive: true, force: true }));
    this.#text = readFileSync(
      join(functionsFolder, "productcatalogservice", "products.json"),
      "utf8",
    );
    this.setMugPrice(8);
  }

  get file(): string {
    return join(this.#folder, "..data", "products.json");
  }

  /** Sets the price to so many dollars and 99 cents. */
  setMugPrice(units: number): void {
    const catalog: { products: { id: string; priceUsd: { units: number } }[] } = JSON.parse(
      this.#text,
    );
    for (const { id, priceUsd } of catalog.products) if (id === mug) priceUsd.units = units;
    this.#changes += 1;
    const content = join(this.#folder, `..${this.#changes}`);
    mkdirSync(content);
    writeFileSync(join(content, "products.json"), JSON.stringify(catalog));
    const link = join(this.#folder, "..data_tmp");
    symlinkSync(content, link);
    renameSync(link, join(this.#folder, "..data"));
  }
}

/** A shop with a catalog that an operator can change, and a visitor with two mugs in the cart. */
async function openShop(t: TestContext, env: Record<string, string> = {}) {
  const volume = new CatalogVolume(t);
  const shop = await startLocalShop({ env: { PRODUCT_CATALOG_FILE: volume.file, ...env } });
  t.after(() => shop.close());
  const clients = createClients(shop.addressOf);
  t.after(() => clients.close());
  const visitor = new Visitor(shop.platform.urls.storefront);
  visitor.currency = "USD";
  const read = async (response: Response, status = 200) => {
    const page = await response.text();
    assert.equal(response.status, status, page);
    return page;
  };
  const openForm = async () => {
    await visitor.post("/cart", { product_id: mug, quantity: "2" });
    return hiddenFieldsOf(await read(await visitor.get("/cart")), "/cart/checkout");
  };
  const send = (fields: Record<string, string>) =>
    visitor.post("/cart/checkout", { ...orderForm, ...fields });
  /** Sends a form that must be accepted, and returns the page of the order. */
  const order = async (fields: Record<string, string>) => {
    const response = await send(fields);
    const location = response.headers.get("location");
    assert.ok(location !== null, `${response.status}: ${await response.text()}`);
    return read(await visitor.get(location));
  };
  /** Waits until the catalog answers a request for a version with another one. */
  const untilReplaced = (version: string | undefined, asked?: string) =>
    poll(
      async () => {
        const answer = await clients.catalog.getProducts({ ids: [mug], version: asked });
        return answer.version === version ? undefined : answer;
      },
      () => `the catalog still answers with ${version}`,
    );
  const storefront = () => shop.platform.function("frontend").snapshot().pid;
  return { volume, visitor, openForm, send, order, read, untilReplaced, storefront };
}

describe("a price that an operator changes", () => {
  test("is not charged for a page that showed the price before, and reaches pages without a restart", async (t) => {
    const { volume, visitor, openForm, order, read, untilReplaced, storefront } = await openShop(t);
    const shown = await openForm();
    assert.equal(shown.expected_total, "USD 26.97");
    const pid = storefront();
    volume.setMugPrice(9);
    await untilReplaced(shown.catalog_version);
    assert.match(await order(shown), /\$26\.97/);
    await poll(
      async () => (await read(await visitor.get(`/product/${mug}`))).includes("$9.99") || undefined,
      () => "the page still shows the price before",
    );
    const next = await openForm();
    assert.equal(next.expected_total, "USD 28.97");
    assert.notEqual(next.catalog_version, shown.catalog_version);
    assert.match(await order(next), /\$28\.97/);
    assert.equal(storefront(), pid);
  });

  test("is shown and asked for once no page may show the price before", async (t) => {
    const { volume, openForm, send, order, read, untilReplaced } = await openShop(t, {
      PRODUCT_CATALOG_LIFETIME: "2s",
    });
    const shown = await openForm();
    volume.setMugPrice(9);
    await untilReplaced(shown.catalog_version, shown.catalog_version);
    const page = await read(await send(shown), 409);
    assert.match(page, /nothing was charged: a price was changed in the meantime/);
    assert.match(page, /The total is now <strong>\$28\.97<\/strong> instead of \$26\.97/);
    const next = hiddenFieldsOf(page, "/cart/checkout");
    assert.equal(next.expected_total, "USD 28.97");
    assert.match(await order(next), /\$28\.97/);
  });
});
