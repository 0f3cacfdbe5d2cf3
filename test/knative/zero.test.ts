import assert from "node:assert/strict";
import { test } from "node:test";
import { poll } from "../poll.ts";
import { orderForm } from "../visitor.ts";
import { GatewayVisitor, listFunctionPods, skip, waitForZero } from "./cluster.ts";

const functions = [
  "adservice",
  "cartservice",
  "checkoutservice",
  "currencyservice",
  "emailservice-events",
  "frontend",
  "paymentservice",
  "productcatalogservice",
  "recommendationservice",
  "shippingservice",
];

test("real traffic brings every function from zero, and its end brings it back", {
  skip,
}, async () => {
  await waitForZero();
  const seen = new Set<string>();
  const visitor = new GatewayVisitor();
  for (const path of ["/", "/product/6E92ZMYYFZ"]) {
    assert.equal((await visitor.get(path)).status, 200, path);
  }
  const added = await visitor.post("/cart", { product_id: "6E92ZMYYFZ", quantity: "2" });
  assert.equal(added.status, 302);
  assert.equal((await visitor.get("/cart")).status, 200);
  const order = await visitor.post("/cart/checkout", orderForm);
  assert.equal(order.status, 200);
  await poll(
    async () => {
      for (const { metadata } of await listFunctionPods()) {
        seen.add(metadata.labels?.["serving.knative.dev/service"] ?? "");
      }
      return functions.every((name) => seen.has(name)) ? true : undefined;
    },
    () => `only ${[...seen].sort().join(", ")} had a pod`,
    30_000,
  );
  await waitForZero();
});
