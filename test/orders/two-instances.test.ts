import assert from "node:assert/strict";
import { test } from "node:test";
import { isOpen, type OrderRecord } from "../../functions/checkoutservice/orders/order-record.ts";
import { poll } from "../fixtures/poll.ts";
import { Customer } from "./fixtures/customer.ts";
import type { ExtraInstance } from "./fixtures/extra-instance.ts";
import { OrderShop } from "./fixtures/order-shop.ts";

const half = 6;
// A call may take half of a lease: until then the victims keep their orders as they are.
const victimLease = "8s";
const sweepTimeoutMs = 60_000;

for (const store of ["SQLite", "Redis"] as const) {
  test(`two instances that sweep at the same time finish each order once, in ${store}`, async (t) => {
    // The platform's own sweep would compete without being counted.
    const shop = await OrderShop.start(store, { sweepIntervalMs: 0 });
    if (!shop) return t.skip("redis-server is not installed");
    t.after(() => shop.close());
    // The shop's first order may have been interrupted.
    const { open } = await shop.clients.checkout.sweep({}, { timeoutMs: sweepTimeoutMs });
    assert.equal(open, 0);
    const instances = await Promise.all([startInstance(shop, "20s"), startInstance(shop, "20s")]);
    // It waits for the leases of others no longer than for its own.
    const impatient = await startInstance(shop, "1s");
    const refunded = await createCustomers(shop);
    const confirmed = await createCustomers(shop);
    await leaveOpen(shop, { refunded, confirmed });
    const effectsBefore = countEffects(shop);

    // First two instances compete for orders without a lease, then another one sweeps while they work.
    const first = sweepTwice(instances);
    const second = untilOrders(shop, "taken", (orders) => !orders.some(isFree)).then(() =>
      sweepTwice([impatient]),
    );
    const sweeps = (await Promise.all([first, second])).flat();

    const lines = [...instances, impatient].flatMap((instance) => instance.lines);
    assert.deepEqual(
      {
        settled: sweeps.reduce((sum, sweep) => sum + sweep.settled, 0),
        calls: countLines(lines, "injecting a fault into"),
        lostLeases: countLines(lines, "another process continues an order"),
      },
      // One refund or one shipment is called for each order.
      { settled: 2 * half, calls: 2 * half, lostLeases: 0 },
    );
    await expectEnds(shop, refunded, ["cancelling", "refunded"]);
    await expectEnds(shop, confirmed, ["shipped", "placed", "confirmed"]);
    const effects = countEffects(shop).map((count, index) => count - (effectsBefore[index] ?? 0));
    // The victims have charged and shipped.
    assert.deepEqual(effects, [0, 0, half, half], effectMessages.join(", "));
  });
}

// It must have recovered open orders, as it does after its start, before an order is left open. Its work on an
// order takes long enough for the sweeps to overlap, and each of the delayed calls is logged.
async function startInstance(shop: OrderShop, lease: string): Promise<ExtraInstance> {
  const instance = await shop.startInstance("checkoutservice", {
    ORDER_LEASE: lease,
    LOG_LEVEL: "debug",
    SHOP_FAULTS: "PaymentService/Refund:latency=3s; ShippingService/ShipOrder:latency=3s",
  });
  await poll(
    async () => countLines(instance.lines, "the work after the start has ended") || undefined,
    () => "the instance has not recovered orders",
  );
  return instance;
}

function isFree(order: OrderRecord): boolean {
  return isOpen(order) && !isLeasedNow(order);
}

async function createCustomers({ clients }: OrderShop): Promise<Customer[]> {
  return Promise.all(Array.from({ length: half }, () => Customer.create(clients)));
}

/** Places the orders through processes that are killed after the charge, or after the shipment. */
async function leaveOpen(
  shop: OrderShop,
  { refunded, confirmed }: Record<"refunded" | "confirmed", Customer[]>,
): Promise<void> {
  const start = (faults: string) =>
    shop.startInstance("checkoutservice", { ORDER_LEASE: victimLease, SHOP_FAULTS: faults });
  const [charging, shipping] = await Promise.all([
    start("PaymentService/Charge:hang=after"),
    start("ShippingService/ShipOrder:hang=after"),
  ]);
  const effectsBefore = countEffects(shop);
  const answers = [
    ...refunded.map((customer) => customer.order(charging.clients)),
    ...confirmed.map((customer) => customer.order(shipping.clients)),
  ];
  await poll(
    async () => {
      const [charged = 0, shipped = 0] = countEffects(shop).map(
        (count, index) => count - (effectsBefore[index] ?? 0),
      );
      return charged === 2 * half && shipped === half ? true : undefined;
    },
    () => "not all orders are charged and shipped",
  );
  await Promise.all([charging.kill(), shipping.kill()]);
  await Promise.all(answers);
  await untilOrders(shop, "without a lease", (orders) => !orders.some(isLeasedNow));
  const { orders } = await shop.records();
  assert.equal(orders.filter(isOpen).length, 2 * half);
}

async function untilOrders(
  shop: OrderShop,
  what: string,
  isReached: (orders: readonly OrderRecord[]) => boolean,
): Promise<void> {
  await poll(
    async () => (isReached((await shop.records()).orders) ? true : undefined),
    () => `the orders are not ${what}`,
  );
}

// Not checkout's own rule, which is tested here.
function isLeasedNow({ lease }: OrderRecord): boolean {
  return lease !== undefined && lease.untilMs > Date.now();
}

/** Starts two sweeps of each instance at once. */
async function sweepTwice(instances: readonly ExtraInstance[]) {
  return Promise.all(
    [...instances, ...instances].map(({ clients: { checkout } }) =>
      checkout.sweep({}, { timeoutMs: sweepTimeoutMs }),
    ),
  );
}

async function expectEnds(
  shop: OrderShop,
  customers: readonly Customer[],
  states: readonly string[],
): Promise<void> {
  for (const { userId, orderId } of customers) {
    const { orders, transactions, shipments } = await shop.settle(userId);
    assert.equal(orders.length, 1);
    const history = orders[0]?.history.map(([state]) => state) ?? [];
    assert.deepEqual(history.slice(-states.length), states, `order ${orderId}: ${history}`);
    assert.equal(new Set(history).size, history.length, `order ${orderId}: ${history}`);
    assert.deepEqual([transactions.size, shipments.size], [1, 1]);
    const mails = states.includes("confirmed") ? 1 : undefined;
    await poll(
      async () => (shop.mailBox.received.get(orderId) === mails ? true : undefined),
      () => `order ${orderId} has ${shop.mailBox.received.get(orderId)} mails`,
    );
  }
}

const effectMessages = ["card charged", "order shipped", "charge refunded", "shipment cancelled"];

/** How often the platform's functions logged each of the effects. */
function countEffects({ lines }: OrderShop): number[] {
  return effectMessages.map((message) => countLines(lines, message));
}

function countLines(lines: readonly string[], message: string): number {
  return lines.filter((line) => String(JSON.parse(line).message).startsWith(message)).length;
}
