import assert from "node:assert/strict";
import { test } from "node:test";
import { Customer } from "./fixtures/customer.ts";
import type { OrderShop } from "./fixtures/order-shop.ts";

/** Tests that a form which is sent several times places one order. */
export function describeRepeatedOrders(shop: () => OrderShop): void {
  test("three calls at once, a later one and one after a restart of everything give one order", async () => {
    const customer = await Customer.create(shop().clients);
    const other = await shop().startInstance("checkoutservice");
    const clients = [shop().clients, other.clients, other.clients];
    const answers = await Promise.all(clients.map((each) => customer.order(each)));
    answers.push(await customer.order(other.clients));
    await shop().settle(customer.userId);
    await other.kill();
    await shop().restart();
    answers.push(await customer.order(shop().clients));
    for (const answer of answers) {
      assert.ok(!(answer instanceof Error), String(answer));
      assert.equal(answer.order?.orderId, customer.orderId);
      assert.deepEqual(answer.order, (answers[0] as typeof answer).order);
    }
    const { orders, transactions, shipments } = await shop().settle(customer.userId);
    assert.deepEqual(
      orders.map(({ state }) => state),
      ["confirmed"],
    );
    assert.equal(transactions.size, 1);
    assert.equal(shipments.size, 1);
    assert.equal(shop().mailBox.received.get(customer.orderId), 1);
    assert.deepEqual((await shop().clients.cart.getCart({ userId: customer.userId })).items, []);
  });
}
