import assert from "node:assert/strict";
import { test } from "node:test";
import { poll } from "../fixtures/poll.ts";
import { Customer } from "./fixtures/customer.ts";
import type { OrderShop } from "./fixtures/order-shop.ts";

const event = "com.hipstershop.order.placed.v1";
// An answer that waited for a mail would take longer.
const quickMs = 2000;

/** Tests that every mail is sent once, or that its order is listed. */
export function describeConfirmations(shop: () => OrderShop): void {
  for (const [reason, env] of [
    ["refuses connections", { K_SINK: "http://127.0.0.1:1/" }],
    ["does not answer", { SHOP_FAULTS: `${event}:hang` }],
  ] as const) {
    test(`an order is answered while the broker ${reason}, and mailed later`, async () => {
      const customer = await Customer.create(shop().clients);
      const checkout = await shop().startInstance("checkoutservice", env);
      await expectQuickAnswer(customer, checkout);
      await checkout.kill();
      await expectOneMail(shop(), customer);
    });
  }

  test("an order is answered while the mail server is away, and mailed later", async () => {
    const customer = await Customer.create(shop().clients);
    await shop().mailBox.stop();
    try {
      await expectQuickAnswer(customer, shop());
    } finally {
      await shop().mailBox.start();
    }
    await expectOneMail(shop(), customer);
  });

  test("a mail is sent although emailservice is killed while it sends it", async () => {
    const { mailBox } = shop();
    const customer = await Customer.create(shop().clients);
    const before = mailBox.held;
    mailBox.hold(true);
    try {
      await expectQuickAnswer(customer, shop());
      await poll(
        async () => (mailBox.held > before ? true : undefined),
        () => "no mail is being sent",
      );
      shop().kill("emailservice");
    } finally {
      mailBox.hold(false);
    }
    await expectOneMail(shop(), customer);
  });

  test("an order whose mail is refused for good is listed with the reason", async () => {
    const customer = await Customer.create(shop().clients);
    const email = shop().mailBox.refuse(`${customer.userId}@example.com`);
    await expectQuickAnswer(customer, shop(), { email });
    const { orders } = await shop().settle(customer.userId);
    assert.equal(orders[0]?.state, "placed");
    assert.match(orders[0]?.confirmationFailure ?? "", /refuse/i);
    assert.ok(!orders[0]?.confirmationFailure?.includes(email));
  });
}

async function expectQuickAnswer(
  customer: Customer,
  { clients }: Pick<OrderShop, "clients">,
  changes: Parameters<Customer["order"]>[1] = {},
): Promise<void> {
  const startMs = performance.now();
  const answer = await customer.order(clients, changes);
  assert.ok(!(answer instanceof Error), String(answer));
  const tookMs = performance.now() - startMs;
  assert.ok(tookMs < quickMs, `the answer took ${Math.round(tookMs)} ms`);
}

async function expectOneMail(shop: OrderShop, { userId, orderId }: Customer): Promise<void> {
  const { orders } = await shop.settle(userId, 60_000);
  assert.equal(orders[0]?.state, "confirmed");
  assert.equal(shop.mailBox.received.get(orderId), 1);
}
