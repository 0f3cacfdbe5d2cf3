import assert from "node:assert/strict";
import { test } from "node:test";
import { localSource } from "#backends/local-platform.ts";
import { readManifest } from "#manifest/manifest.ts";
import { usedFunctions } from "./fixtures/call-graph.ts";
import { startLocalShop } from "./fixtures/local-shop.ts";
import { poll } from "./fixtures/poll.ts";
import { Visitor } from "./fixtures/visitor.ts";

const warmedUp = usedFunctions.filter((name) => name !== "frontend");

test("in mode graph the first page warms up all functions, and its trace contains the warm-ups", async (t) => {
  const shop = await startLocalShop({ env: { PREWARM: "graph" } });
  t.after(() => shop.close());
  const traceId = "5b8aa5a2d2c872e8321cf37308d69df2";
  const visitor = new Visitor(shop.platform.urls.storefront);
  const headers = { traceparent: `00-${traceId}-051581bf3cb55c13-01` };
  const page = await visitor.get("/robots.txt", headers);
  assert.equal(page.status, 200);
  await Promise.all(warmedUp.map((name) => shop.platform.function(name).waitForState("ready")));
  assert.equal((await visitor.get("/", headers)).status, 200);

  const { dependencies } = readManifest("frontend");
  const names = await poll(
    async () => {
      const spans = await localSource(shop.platform.urls.console).readTrace(traceId);
      const prewarms = spans.map(({ name }) => name).filter((name) => name.startsWith("prewarm "));
      return prewarms.length === dependencies.length ? prewarms.sort() : undefined;
    },
    () => `the trace of the first page does not have ${dependencies.length} warm-up spans`,
  );
  assert.ok(names.includes("prewarm checkoutservice"));
});

test("in mode predict the cart page warms up the functions of an order; in mode off it warms up none", async (t) => {
  for (const mode of ["predict", "off"]) {
    const shop = await startLocalShop({ env: { PREWARM: mode } });
    t.after(() => shop.close());
    const visitor = new Visitor(shop.platform.urls.storefront);
    await visitor.post("/cart", { product_id: "6E92ZMYYFZ", quantity: "1" });
    assert.equal((await visitor.get("/cart")).status, 200);
    const ofOrders = ["checkoutservice", "paymentservice"];
    if (mode === "predict") {
      await Promise.all(ofOrders.map((name) => shop.platform.function(name).waitForState("ready")));
    } else {
      const states = ofOrders.map((name) => shop.platform.function(name).state);
      assert.deepEqual(states, ["zero", "zero"]);
    }
  }
});
