import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { poll } from "../fixtures/poll.ts";
import { Customer, ordered } from "./fixtures/customer.ts";
import type { ExtraInstance } from "./fixtures/extra-instance.ts";
import type { OrderShop } from "./fixtures/order-shop.ts";

/** What became of an order: `undone` is refunded, or failed if nothing was charged. */
type Outcome = "confirmed" | "refunded" | "failed" | "undone" | "no order";

const shipmentFails = "ShippingService/ShipOrder:status=UNAVAILABLE";
const event = "com.hipstershop.order.placed.v1";

// Each kill is between two writes of the journal, or between a write and the effect next to it.
const crashes: readonly [point: string, faults: string, outcome: Outcome][] = [
  ["before the journal's first write", "CartService/GetCart:crash=after", "no order"],
  ["before the charge", "PaymentService/Charge:crash=before", "failed"],
  ["after the charge", "PaymentService/Charge:crash=after", "refunded"],
  ["before the shipment", "ShippingService/ShipOrder:crash=before", "confirmed"],
  ["after the shipment", "ShippingService/ShipOrder:crash=after", "confirmed"],
  ["before the cart is updated", "CartService/RemoveItems:crash=before", "confirmed"],
  ["after the cart was updated", "CartService/RemoveItems:crash=after", "confirmed"],
  ["before the event is sent", `${event}:crash=before`, "confirmed"],
  ["after the event was sent", `${event}:crash=after`, "confirmed"],
  [
    "before the shipment is cancelled",
    `${shipmentFails};ShippingService/CancelShipment:crash=before`,
    "refunded",
  ],
  [
    "after the shipment was cancelled",
    `${shipmentFails};ShippingService/CancelShipment:crash=after`,
    "refunded",
  ],
  ["before the refund", `${shipmentFails};PaymentService/Refund:crash=before`, "refunded"],
  ["after the refund", `${shipmentFails};PaymentService/Refund:crash=after`, "refunded"],
];

// The call arrives, and its effect follows after the caller was killed.
const slow = [
  {
    step: "charge",
    name: "paymentservice",
    variable: "PAYMENT_SERVICE_ADDR",
    faults: "PaymentService/Charge:latency=1s",
    state: "charging",
    // The charge may arrive before or after it is forbidden.
    outcome: "undone",
  },
  {
    step: "shipment",
    name: "shippingservice",
    variable: "SHIPPING_SERVICE_ADDR",
    faults: "ShippingService/ShipOrder:latency=1s",
    state: "shipping",
    outcome: "confirmed",
  },
] as const;

/** Tests that an order whose checkout is killed is finished or undone by others within one interval. */
export function describeKilledCheckout(shop: () => OrderShop): void {
  describe("checkout killed", () => {
    const customers = new Map<string, Customer>();

    // All processes start before the first order is left open: at its start, a process would recover the
    // orders of the others, and meet its fault there.
    before(async () => {
      const victims: [customer: Customer, victim: ExtraInstance][] = [];
      for (const [point, faults] of crashes) {
        const customer = await Customer.create(shop().clients);
        const env = { SHOP_FAULTS: faults };
        victims.push([customer, await shop().startInstance("checkoutservice", env)]);
        customers.set(point, customer);
      }
      for (const { step, name, variable, faults, state } of slow) {
        const customer = await Customer.create(shop().clients);
        const { address } = await shop().startInstance(name, { SHOP_FAULTS: faults });
        const env = { [variable]: address };
        const victim = await shop().startInstance("checkoutservice", env);
        victims.push([customer, victim]);
        customers.set(step, customer);
        void killIn(shop(), customer, victim, state);
      }
      await Promise.all(
        victims.map(async ([customer, victim]) => {
          await customer.order(victim.clients);
          await victim.exited;
        }),
      );
    });

    for (const [point, , outcome] of crashes) {
      test(`${point}: ${outcome}`, () => expectOutcome(shop(), customers.get(point), outcome));
    }
    for (const { step, outcome } of slow) {
      test(`during the ${step}: ${outcome}`, () =>
        expectOutcome(shop(), customers.get(step), outcome));
    }
  });
}

async function killIn(
  shop: OrderShop,
  { userId }: Customer,
  victim: ExtraInstance,
  state: string,
): Promise<void> {
  await poll(
    async () => (await shop.records(userId)).orders.find((each) => each.state === state),
    () => `no order is ${state}`,
    60_000,
  );
  await victim.kill();
}

async function expectOutcome(
  shop: OrderShop,
  customer: Customer | undefined,
  outcome: Outcome,
): Promise<void> {
  assert.ok(customer, "the order was placed");
  const { userId, orderId } = customer;
  const { orders } = await shop.settle(userId);
  const state = orders[0]?.state ?? "no order";
  if (outcome === "undone") assert.match(state, /^(?:refunded|failed)$/);
  else assert.equal(state, outcome);
  const { items } = await shop.clients.cart.getCart({ userId });
  assert.deepEqual(items, outcome === "confirmed" ? [] : ordered);
  if (outcome === "confirmed") {
    await poll(
      async () => shop.mailBox.received.get(orderId),
      () => `no mail for order ${orderId}`,
    );
  }
  assert.equal(shop.mailBox.received.get(orderId), outcome === "confirmed" ? 1 : undefined);
}
