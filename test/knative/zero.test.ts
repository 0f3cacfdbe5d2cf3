import assert from "node:assert/strict";
import { test } from "node:test";
import { usedServices } from "../fixtures/call-graph.ts";
import { createClients } from "../fixtures/clients.ts";
import { poll } from "../fixtures/poll.ts";
import {
  cluster,
  GatewayVisitor,
  listFunctionPods,
  type Page,
  skip,
  waitForZero,
} from "./fixtures/cluster.ts";

test("traffic starts every function, and after its end all scale to zero", {
  skip,
}, async (t) => {
  await waitForZero();
  const seen = new Set<string>();
  const visitor = new GatewayVisitor();
  const coldPage = await timePage(() => visitor.get("/"));
  const warmMs: number[] = [];
  for (let i = 0; i < 21; i += 1) warmMs.push((await timePage(() => visitor.get("/"))).ms);
  assert.equal((await visitor.get("/product/6E92ZMYYFZ")).status, 200);
  const added = await visitor.post("/cart", { product_id: "6E92ZMYYFZ", quantity: "2" });
  assert.equal(added.status, 302);
  await addPods(seen);
  await waitForZero();

  // Redis kept the cart while no function ran.
  const order = await timePage(() => visitor.order());
  assert.match(order.page.body, /Thank you/);
  await callEmailService();
  await poll(
    async () => {
      await addPods(seen);
      return usedServices.every((name) => seen.has(name)) ? true : undefined;
    },
    () => `only ${[...seen].sort().join(", ")} had a pod`,
    30_000,
  );
  const [coldMs, orderMs] = [coldPage.ms, order.ms].map((ms) => `${(ms / 1000).toFixed(2)} s`);
  const medianMs = warmMs.toSorted((a, b) => a - b)[10]?.toFixed(0);
  t.diagnostic(`first page from zero ${coldMs}, warm ${medianMs} ms (median of 21)`);
  t.diagnostic(`order from zero ${orderMs}`);
  await waitForZero();
});

async function timePage(send: () => Promise<Page>): Promise<{ page: Page; ms: number }> {
  const startMs = performance.now();
  const page = await send();
  assert.equal(page.status, 200);
  return { page, ms: performance.now() - startMs };
}

async function addPods(seen: Set<string>): Promise<void> {
  for (const { metadata } of await listFunctionPods()) {
    seen.add(metadata.labels?.["serving.knative.dev/service"] ?? "");
  }
}

// With a Broker it is not called in a purchase: emailservice-events sends the mail.
async function callEmailService(): Promise<void> {
  const { internalGateway, namespace } = cluster;
  const shop = createClients(
    () => internalGateway,
    (name) => `${name}.${namespace}.svc.cluster.local`,
  );
  try {
    const call = shop.email.sendOrderConfirmation({ email: "", order: undefined });
    await assert.rejects(call, { code: "INVALID_ARGUMENT" });
  } finally {
    shop.close();
  }
}
