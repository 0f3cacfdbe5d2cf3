import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { card } from "../../functions/checkoutservice/fixtures/serve-dependencies.ts";
import { type OrderRecord, resultOf } from "../../functions/checkoutservice/orders/order-record.ts";
import { Customer, ordered } from "./fixtures/customer.ts";
import { leaseMs, type OrderShop } from "./fixtures/order-shop.ts";

const payment = { name: "paymentservice", variable: "PAYMENT_SERVICE_ADDR" };
const shipping = { name: "shippingservice", variable: "SHIPPING_SERVICE_ADDR" };
// Later than checkout waits, which is half of a lease.
const late = `${leaseMs + 500}ms`;

const cases = [
  { ...payment, faults: "PaymentService/Charge:hang", outcome: "failed" },
  { ...payment, faults: "PaymentService/Charge:hang=after", outcome: "refunded" },
  { ...payment, faults: `PaymentService/Charge:latency=${late}`, outcome: "failed" },
  { ...payment, faults: `PaymentService/Charge:latency=${late},after`, outcome: "refunded" },
  { ...payment, faults: "PaymentService/Charge:crash=before", outcome: "failed" },
  { ...payment, faults: "PaymentService/Charge:crash=after", outcome: "refunded" },
  { ...shipping, faults: "ShippingService/ShipOrder:hang", outcome: "refunded" },
  { ...shipping, faults: "ShippingService/ShipOrder:hang=after", outcome: "refunded" },
  { ...shipping, faults: `ShippingService/ShipOrder:latency=${late}`, outcome: "refunded" },
  { ...shipping, faults: `ShippingService/ShipOrder:latency=${late},after`, outcome: "refunded" },
] as const;

/** Tests that a charge or a shipment with an unknown outcome is undone. */
export function describeUnknownOutcomes(shop: () => OrderShop): void {
  describe("unknown outcome", { concurrency: 3 }, () => {
    for (const { name, variable, faults, outcome } of cases) {
      test(`${faults}: ${outcome}`, async () => {
        const customer = await Customer.create(shop().clients);
        const faulty = await shop().startInstance(name, { SHOP_FAULTS: faults });
        const checkout = await shop().startInstance("checkoutservice", {
          [variable]: faulty.address,
        });
        const answer = await customer.order(checkout.clients);
        assert.ok(answer instanceof Error, "an order whose outcome is unknown is not acknowledged");
        await checkout.kill();
        const { orders } = await shop().settle(customer.userId);
        assert.deepEqual(
          orders.map(({ state }) => state),
          [outcome],
        );
        await expectLateCallsRefused(shop(), orders[0]);
        const { items } = await shop().clients.cart.getCart({ userId: customer.userId });
        assert.deepEqual(items, ordered);
      });
    }
  });
}

// A request may also arrive after all of this: a proxy such as Knative's activator held it, or its caller
// was killed. It carries the ids of the order.
async function expectLateCallsRefused(
  { clients: { payment, shipping } }: OrderShop,
  order: OrderRecord | undefined,
): Promise<void> {
  assert.ok(order);
  const { transactionId, shipmentId } = order;
  const { total: amount, shippingAddress: address, items } = resultOf(order);
  await assert.rejects(payment.charge({ transactionId, amount, creditCard: card }), {
    code: "ABORTED",
  });
  const shipped = items.flatMap(({ item }) => item ?? []);
  await assert.rejects(shipping.shipOrder({ shipmentId, address, items: shipped }), {
    code: "ABORTED",
  });
}
