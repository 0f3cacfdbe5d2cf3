import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type TestContext, test } from "node:test";
import { OrderState } from "#protos/hipstershop.ts";
import { orderIdOf } from "#runtime/order-id.ts";
import type { StatusError } from "#runtime/status.ts";
import { recordStoresForTest } from "#runtime/store/fixtures/record-stores.ts";
import { type Changes, fail, startCheckout, startInstance } from "../fixtures/start-checkout.ts";
import { recordFormat } from "./order-record.ts";

const options = { name: "orders", format: recordFormat, now: Date.now } as const;

for (const { name, skip, open } of await recordStoresForTest()) {
  const start = (t: TestContext, changes: Changes = {}) =>
    startCheckout(t, changes, { store: open(t, options) });
  const on = (title: string, run: (t: TestContext) => Promise<void>) =>
    test(`${name}: ${title}`, { skip }, run);

  on("three calls at once through two instances place one order", async (t) => {
    const first = await start(t);
    const second = await startInstance(t, first.address, { store: open(t, options) });
    const requestId = randomUUID();
    const answers = await Promise.all(
      [first, first, second].map(({ order }) => order({ requestId })),
    );
    const orderId = orderIdOf("user", requestId);
    assert.deepEqual(
      answers.map(({ order }) => order),
      answers.map(() => answers[0]?.order),
    );
    assert.equal(answers[0]?.order?.orderId, orderId);
    assert.deepEqual(first.counts(), { charged: 1, refunded: 0, shipped: 1 });
    const { orders } = await second.client.listOrders({ userId: "user" });
    assert.deepEqual(
      orders.map((each) => each.order),
      [answers[0]?.order],
    );
  });

  on("a later call returns the same order, also after a restart", async (t) => {
    const { address, order, counts, drain, cart } = await start(t);
    const requestId = randomUUID();
    const first = await order({ requestId });
    await drain();
    cart.add({ productId: "A", quantity: 1 });
    const restarted = await startInstance(t, address, { store: open(t, options) });
    const again = await restarted.order({ requestId: requestId.toUpperCase() });
    assert.deepEqual(again.order, first.order);
    assert.equal(again.state, OrderState.ORDER_STATE_CONFIRMED);
    assert.deepEqual(counts(), { charged: 1, refunded: 0, shipped: 1 });
    assert.deepEqual(cart.items(), [{ productId: "A", quantity: 1 }]);
  });

  on("a refusal before the charge does not use the request id up", async (t) => {
    let isRefused = true;
    const { order, counts, client } = await start(t, (ledger) => ({
      charge: (request) =>
        isRefused
          ? fail("INVALID_ARGUMENT", "Credit card info is invalid")()
          : ledger.charge(request),
    }));
    const requestId = randomUUID();
    const refused = Array.from({ length: 3 }, () =>
      assert.rejects(order({ requestId }), ({ code, message, info }: StatusError) => {
        assert.equal(code, "INVALID_ARGUMENT");
        assert.equal(message, "Credit card info is invalid");
        assert.deepEqual(info, { reason: "NOTHING_CHARGED", metadata: {} });
        return true;
      }),
    );
    await Promise.all(refused);
    assert.deepEqual((await client.listOrders({ userId: "user" })).orders, []);
    isRefused = false;
    assert.ok((await order({ requestId })).order);
    assert.deepEqual(counts(), { charged: 1, refunded: 0, shipped: 1 });
  });

  on("calls without a request id place one order each, and are recorded", async (t) => {
    const { order, client, counts, cart } = await start(t);
    await order();
    cart.add({ productId: "B", quantity: 1 });
    await order();
    assert.deepEqual(counts(), { charged: 2, refunded: 0, shipped: 2 });
    const { orders } = await client.listOrders({ userId: "user" });
    assert.deepEqual(
      orders.map(({ order }) => order?.items.length),
      [1, 2],
    );
  });

  on("only the user who placed an order can read it", async (t) => {
    const { order, client } = await start(t);
    const { order: result } = await order();
    const orderId = result?.orderId ?? "";
    const read = await client.getOrder({ userId: "user", orderId });
    assert.deepEqual(read.order, result);
    assert.equal(read.email, "someone@example.com");
    const missing = { code: "NOT_FOUND", message: `no order with ID ${orderId}` };
    await assert.rejects(client.getOrder({ userId: "another", orderId }), missing);
    await assert.rejects(client.getOrder({ userId: "user", orderId: "x" }), { code: "NOT_FOUND" });
    await assert.rejects(client.getOrder({ userId: "", orderId }), { code: "INVALID_ARGUMENT" });
    assert.deepEqual((await client.listOrders({ userId: "another" })).orders, []);
  });
}

test("two users with the same request id place two orders", async (t) => {
  const { order, cart, counts } = await startCheckout(t);
  const requestId = randomUUID();
  const first = await order({ requestId });
  cart.add({ productId: "A", quantity: 1 });
  const second = await order({ requestId, userId: "another" });
  assert.notEqual(first.order?.orderId, second.order?.orderId);
  assert.equal(counts().charged, 2);
});
