import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { StatusError } from "#runtime/status.ts";
import {
  goodOrder,
  hiddenOrderFields,
  openTestShop,
  sessionOf,
  testSessionId,
} from "./fixtures/storefront.ts";
import { createSessionCookies } from "./shop/session-cookie.ts";

const chosen = "5d6f0c1e-7a52-4d0e-9a3e-2f6f0f5f8c11";
const unsigned = { cookie: `shop_session-id=${chosen}` };
const ofOtherKey = {
  cookie: `shop_session-id=${createSessionCookies(["another key, such as before a rotation"]).write(chosen)}`,
};
const mug = { product_id: "MUG", quantity: "1" };

const checks = ["CartService/getCart", "CheckoutService/listOrders"];

describe("a session", () => {
  it("that the shop did not issue gets no cart: the visitor gets another one", async (t) => {
    for (const headers of [unsigned, ofOtherKey]) {
      const shop = await openTestShop(t);
      const added = await shop.post("/cart", mug, headers);
      assert.equal(added.status, 302);
      assert.equal(shop.dependencies.carts.get(chosen)?.size ?? 0, 0);
      const [cookie = ""] = (added.headers.getSetCookie()[0] ?? "").split(";");
      const page = await shop.get("/cart", { cookie });
      assert.match(await page.text(), /SKU MUG/);
      assert.deepEqual(page.headers.getSetCookie(), []);
    }
  });

  it("without a valid signature is kept and signed if it has a cart", async (t) => {
    for (const headers of [unsigned, ofOtherKey]) {
      const shop = await openTestShop(t);
      shop.dependencies.carts.set(chosen, new Map([["JAR", 1]]));
      const page = await shop.get("/cart", headers);
      assert.match(await page.text(), /SKU JAR/);
      const added = await shop.post("/cart", mug, headers);
      const [cookie] = added.headers.getSetCookie();
      assert.ok(cookie?.startsWith(`${sessionOf(chosen)}; Max-Age=`), cookie);
      assert.deepEqual(
        [...(shop.dependencies.carts.get(chosen) ?? [])],
        [
          ["JAR", 1],
          ["MUG", 1],
        ],
      );
      assert.ok(!shop.dependencies.calls.includes("CheckoutService/listOrders"));
    }
  });

  it("without a valid signature is kept and signed if it has an order, but no cart", async (t) => {
    const shop = await openTestShop(t);
    shop.dependencies.carts.set(chosen, new Map([["JAR", 1]]));
    const form = hiddenOrderFields(await (await shop.get("/cart", unsigned)).text());
    const send = () => shop.post("/cart/checkout", { ...goodOrder, ...form }, unsigned);
    const placed = (await send()).headers.get("location") ?? "";
    shop.dependencies.carts.clear();
    assert.equal((await shop.get(placed, unsigned)).status, 200);
    assert.equal((await send()).headers.get("location"), placed, "the form may be sent again");
    const added = await shop.post("/cart", mug, unsigned);
    assert.ok(added.headers.getSetCookie()[0]?.startsWith(sessionOf(chosen)));
    assert.deepEqual([...(shop.dependencies.carts.get(chosen) ?? [])], [["MUG", 1]]);
  });

  it("is replaced if checkout keeps no orders, as Online Boutique's", async (t) => {
    const shop = await openTestShop(t);
    shop.dependencies.settings.isOriginalCheckout = true;
    assert.equal((await shop.post("/cart", mug, unsigned)).status, 302);
    assert.equal(shop.dependencies.carts.get(chosen)?.size ?? 0, 0);
  });

  it("that cannot be checked is neither used nor replaced", async (t) => {
    for (const call of checks) {
      const shop = await openTestShop(t);
      shop.dependencies.failures.set(call, new StatusError("INTERNAL", "down"));
      const response = await shop.post("/cart", mug, unsigned);
      assert.equal(response.status, 500);
      assert.deepEqual(response.headers.getSetCookie(), []);
      assert.equal(shop.dependencies.carts.get(chosen)?.size ?? 0, 0);
    }
  });

  it("is checked by no call if it is signed or new, and on no page that only reads", async (t) => {
    const shop = await openTestShop(t);
    const { calls } = shop.dependencies;
    const callsOf = async (send: () => Promise<Response>) => {
      calls.length = 0;
      const response = await send();
      await response.text();
      assert.ok(response.status < 400);
      return [...calls].sort();
    };
    assert.deepEqual(await callsOf(() => shop.post("/cart", mug)), [
      "CartService/addItem",
      "ProductCatalogService/getProduct",
    ]);
    const isNew = { cookie: "" };
    assert.deepEqual(await callsOf(() => shop.post("/cart", mug, isNew)), [
      "CartService/addItem",
      "ProductCatalogService/getProduct",
    ]);
    for (const path of ["/", "/product/MUG", "/cart", "/orders", "/search?q=m"]) {
      const signed = await callsOf(() => shop.get(path, { cookie: sessionOf(chosen) }));
      assert.deepEqual(await callsOf(() => shop.get(path, unsigned)), signed, path);
      assert.deepEqual(await callsOf(() => shop.get(path, isNew)), signed, path);
    }
  });

  it("is not checked if all visitors share one", async (t) => {
    const shop = await openTestShop(t, { hasSharedSession: true });
    await shop.post("/cart", mug, { cookie: sessionOf(testSessionId) });
    assert.ok(!shop.dependencies.calls.some((call) => checks.includes(call)));
  });
});
