import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { OrderState } from "#protos/hipstershop.ts";
import { StatusError } from "#runtime/status.ts";
import {
  goodOrder,
  serveTestShop,
  type TestShop,
} from "../functions/frontend/fixtures/storefront.ts";
import { busyPage } from "../functions/frontend/pages/busy.ts";
import { type Documents, findMarkupErrors, findNuErrors, hasJava } from "./fixtures/markup.ts";

const isRequired = process.env.REQUIRE_JAVA === "1";
const skip = hasJava || isRequired ? false : "java is not on the PATH";

test("every page is valid HTML", async (suite) => {
  const consolePage = join(import.meta.dirname, "..", "local", "console", "page", "index.html");
  const documents = {
    console: await readFile(consolePage, "utf8"),
    busy: busyPage.body.toString(),
    ...(await renderPages(suite)),
  };
  await suite.test("by html-validate", async () => {
    assert.deepEqual(await findMarkupErrors(documents), []);
  });
  await suite.test("by the Nu HTML checker", { skip }, async () => {
    assert.deepEqual(await findNuErrors(documents), []);
  });
});

type Keep = (name: string, status: number, answer: Promise<Response>) => Promise<void>;

/** Every kind of page that the storefront sends, with its status checked. */
async function renderPages(t: TestContext): Promise<Documents> {
  const shop = await serveTestShop(t, { message: "Closed on Sunday & Monday" });
  const pages: Record<string, string> = {};
  const keep: Keep = async (name, status, answer) => {
    const response = await answer;
    assert.equal(response.status, status, name);
    pages[name] = await response.text();
  };
  const add = (fields: Record<string, string>) => shop.post("/cart", fields);
  await keep("home", 200, shop.get("/"));
  await keep("category", 200, shop.get("/?category=kitchen"));
  await keep("empty-category", 200, shop.get("/?category=boats"));
  await keep("product", 200, shop.get("/product/MUG"));
  await keep("refused-addition", 422, add({ product_id: "MUG", quantity: "0" }));
  await keep("search", 200, shop.get("/search?q=mug"));
  await keep("empty-search", 200, shop.get("/search?q=%22%3Cb%3E"));
  await keep("long-search", 400, shop.get(`/search?q=${"x".repeat(101)}`));
  await keep("empty-cart", 200, shop.get("/cart"));
  await add({ product_id: "MUG", quantity: "2" });
  await add({ product_id: "JAR", quantity: "1" });
  await keep("cart", 200, shop.get("/cart"));
  for (const quantity of ["many", "-1", ""]) {
    const change = { product_id: "MUG", quantity };
    await keep(`refused-quantity-${quantity}`, 422, shop.post("/cart/update", change));
  }
  await keep("empty-order", 422, shop.post("/cart/checkout", {}));
  const wrongOrder = { ...goodOrder, email: "nobody", credit_card_number: "4111" };
  await keep("refused-order", 422, shop.post("/cart/checkout", wrongOrder));
  await renderOrderPages(shop, keep);
  await keep("wrong-currency", 422, shop.post("/setCurrency", { currency_code: "XXX" }));
  await keep("other-site", 403, shop.post("/cart", {}, { origin: "http://other.example" }));
  await keep("no-page", 404, shop.get("/nowhere"));
  await keep("no-file", 404, shop.get("/static/none.css"));
  await keep("no-product", 404, shop.get("/product/NONE"));
  await keep("wrong-method", 405, shop.get("/cart/checkout"));
  await keep("no-form", 415, shop.post("/cart", {}, { "content-type": "text/plain" }));
  const { failures } = shop.dependencies;
  for (const [code, status] of serverErrors) {
    failures.set("ProductCatalogService/listProducts", new StatusError(code, "down"));
    await keep(code.toLowerCase(), status, shop.get("/"));
  }
  return pages;
}

async function renderOrderPages(shop: TestShop, keep: Keep): Promise<void> {
  const { failures, kept } = shop.dependencies;
  await keep("no-orders", 200, shop.get("/orders"));
  const form = { ...goodOrder, ...(await shop.openForm()) };
  await shop.post("/cart", { product_id: "JAR", quantity: "1" });
  await keep("changed-cart", 409, shop.post("/cart/checkout", form));
  for (const [name, status, info] of [
    ["failed-order", 503, { reason: "NOTHING_CHARGED", metadata: { order_id: "7" } }],
    ["unknown-order", 500, undefined],
  ] as const) {
    failures.set("CheckoutService/placeOrder", new StatusError("INTERNAL", "down", { info }));
    await keep(name, status, shop.order());
  }
  failures.clear();
  const path = (await shop.order()).headers.get("location") ?? "";
  for (const [name, state] of Object.entries(OrderState)) {
    for (const order of kept.values()) order.state = state;
    await keep(name, 200, shop.get(path));
    await keep(`list-${name}`, 200, shop.get("/orders"));
  }
  await keep("no-order", 404, shop.get("/orders/7"));
}

const serverErrors = [
  ["INTERNAL", 500],
  ["UNAVAILABLE", 503],
  ["DEADLINE_EXCEEDED", 504],
] as const;
