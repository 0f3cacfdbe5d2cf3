import assert from "node:assert/strict";
import { test } from "node:test";
import { Customer } from "./fixtures/customer.ts";
import type { OrderShop } from "./fixtures/order-shop.ts";

const count = 12;
const final: readonly string[] = ["confirmed", "refunded", "failed"];

/** Tests that instances which recover orders at the same time finish each of them once. */
export function describeTwoInstances(shop: () => OrderShop): void {
  test("two instances that sweep at the same time finish each order once", async () => {
    const customers = await Promise.all(
      Array.from({ length: count }, () => Customer.create(shop().clients)),
    );
    // Both run before an order is left open: they would recover it at their start.
    const instances = await Promise.all([
      shop().startInstance("checkoutservice"),
      shop().startInstance("checkoutservice"),
    ]);
    // One half stops before, the other after the shipment is known.
    const victims = await Promise.all(
      ["PaymentService/Charge:hang=after", "ShippingService/ShipOrder:hang=after"].map((faults) =>
        shop().startInstance("checkoutservice", { SHOP_FAULTS: faults }),
      ),
    );
    const answers = customers.map((customer, index) => {
      const victim = victims[index % 2];
      return victim && customer.order(victim.clients);
    });
    await shop().untilOpen(customers.map(({ userId }) => userId));
    await Promise.all(victims.map((victim) => victim.kill()));
    await Promise.all(answers);
    const sweeps = await Promise.all(
      instances.flatMap(({ clients: { checkout } }) => [
        checkout.sweep({}, { timeoutMs: 20_000 }),
        checkout.sweep({}, { timeoutMs: 20_000 }),
      ]),
    );
    // Fewer if the platform's own sweep was faster.
    const settled = sweeps.reduce((sum, sweep) => sum + sweep.settled, 0);
    assert.ok(settled <= count, `${settled} orders were settled, ${count} were open`);
    for (const { userId, orderId } of customers) {
      const { orders, transactions, shipments } = await shop().settle(userId);
      const ends = orders.flatMap(({ history }) =>
        history.filter(([state]) => final.includes(state)),
      );
      assert.equal(ends.length, 1, `order ${orderId}: ${JSON.stringify(orders[0]?.history)}`);
      assert.deepEqual([transactions.size, shipments.size], [1, 1]);
    }
  });
}
