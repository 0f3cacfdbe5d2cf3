import assert from "node:assert/strict";
import { test } from "node:test";
import { OrderState } from "#protos/hipstershop.ts";
import { OrderAdminServiceDefinition } from "#protos/order_admin.ts";
import { createClient } from "#runtime/client.ts";
import { findFreePort } from "#runtime/find-free-port.ts";
import { startMailServer } from "../functions/emailservice/fixtures/mail-server.ts";
import { forward, startCheckout } from "./fixtures/checkout-process.ts";
import {
  customer,
  makeDataDir,
  placeOrder,
  startMailShop,
  startStores,
  untilState,
} from "./fixtures/mail-shop.ts";
import { poll } from "./fixtures/poll.ts";

const { ORDER_STATE_PLACED, ORDER_STATE_CONFIRMED } = OrderState;

for (const { store, env, skip } of await startStores()) {
  test(`${store}: an order does not wait for the mail server, and is mailed once when it is back`, {
    skip,
  }, async (t) => {
    const port = await findFreePort();
    const shop = await startMailShop(t, port, { env });
    // Starts the functions of an order.
    const first = placeOrder(shop.clients);
    await first;
    const startMs = performance.now();
    const order = await placeOrder(shop.clients);
    assert.ok(performance.now() - startMs < 3000);
    await untilState(shop.clients, order, ORDER_STATE_PLACED);
    const { received } = await startMailServer(t, { port });
    for (const each of [await first, order]) {
      await untilState(shop.clients, each, ORDER_STATE_CONFIRMED);
    }
    assert.deepEqual(
      received.map(({ to }) => to),
      [[customer], [customer]],
    );
    shop.assertNoAddressIn();
  });

  test(`${store}: an order whose event waits when the platform stops is mailed after the next start`, {
    skip,
  }, async (t) => {
    const [port, dataDir] = [await findFreePort(), makeDataDir(t)];
    const before = await startMailShop(t, port, { dataDir, env });
    const order = await placeOrder(before.clients);
    await poll(
      async () => ((await before.readCounters()).retried > 0 ? true : undefined),
      () => "the event was not delivered",
    );
    await before.platform.close();
    const { received } = await startMailServer(t, { port });
    const after = await startMailShop(t, port, { dataDir, env });
    await untilState(after.clients, order, ORDER_STATE_CONFIRMED);
    assert.equal(received.length, 1);
    before.assertNoAddressIn();
    after.assertNoAddressIn();
  });

  test(`${store}: an order whose mail is refused for good is marked, not swept, and mailed by a resend`, {
    skip,
  }, async (t) => {
    const port = await findFreePort();
    const shop = await startMailShop(t, port, { env });
    let refusals = 0;
    const { received } = await startMailServer(t, {
      port,
      onRcptTo: ({ address }, _session, done) => {
        if (refusals === 1) return done();
        refusals += 1;
        done(Object.assign(new Error(`<${address}>: no such user`), { responseCode: 550 }));
      },
    });
    const order = await placeOrder(shop.clients);
    const { state, confirmationFailure } = await poll(
      async () => {
        const found = await shop.clients.checkout.getOrder(order);
        return found.confirmationFailure === "" ? undefined : found;
      },
      () => "the order was not marked",
    );
    assert.equal(state, ORDER_STATE_PLACED);
    assert.equal(confirmationFailure, "HTTP status 400: the mail server refused the mail (550)");
    await shop.clients.checkout.sweep({});
    assert.deepEqual([refusals, received.length], [1, 0]);
    assert.equal((await shop.readCounters()).deadLettered, 1);

    const admin = createClient(OrderAdminServiceDefinition, shop.addressOf("checkoutservice"));
    t.after(() => admin.close());
    const { orderId } = order;
    const { orders: failed } = await admin.listOrders({ failedOnly: true, pageSize: 10 });
    assert.deepEqual(
      failed.map((each) => each.order?.orderId),
      [orderId],
    );
    const resent = await admin.resendConfirmation({ orderId });
    assert.deepEqual([resent.state, resent.confirmationFailure], [ORDER_STATE_CONFIRMED, ""]);
    assert.equal(received.length, 1);
    shop.assertNoAddressIn();
  });

  test(`${store}: an order is mailed once when the broker is back, by a sweep at the latest`, {
    skip,
  }, async (t) => {
    const mailServer = await startMailServer(t);
    const shop = await startMailShop(t, mailServer.port, { env });
    const brokerPort = await findFreePort();
    const checkout = await startCheckout(t, shop.addressOf, brokerPort, env);
    const clients = { cart: shop.clients.cart, checkout: checkout.client };
    const order = await placeOrder(clients);
    // Every attempt of the process that placed the order fails.
    await poll(
      async () => (checkout.lines.some((line) => /not confirmed/.test(line)) ? true : undefined),
      () => checkout.lines.join("\n"),
      30_000,
    );
    assert.equal((await checkout.client.getOrder(order)).state, ORDER_STATE_PLACED);
    await forward(t, brokerPort, Number(shop.brokerUrl.port));
    // The line precedes the end of the order's lease, for which a sweep waits.
    const swept = await checkout.client.sweep({}, { timeoutMs: 45_000 });
    assert.deepEqual(swept, { settled: 1, open: 0 });
    assert.equal((await checkout.client.getOrder(order)).state, ORDER_STATE_CONFIRMED);
    assert.equal(mailServer.received.length, 1);
    shop.assertNoAddressIn(checkout.lines);
  });
}

test("the platform lets checkoutservice sweep at each interval, also from zero", async (t) => {
  const shop = await startMailShop(t, await findFreePort(), { sweepIntervalMs: 1000 });
  const line = await poll(
    async () => shop.lines.find((each) => each.includes("checkoutservice-sweep")),
    () => shop.lines.join("\n"),
  );
  const { severity, message, settled, open } = JSON.parse(line) as Record<string, unknown>;
  assert.deepEqual([severity, message, settled, open], ["INFO", "swept orders", 0, 0]);
  assert.equal(shop.platform.function("checkoutservice").snapshot().starts, 1);
  const others = shop.platform.functions.filter(({ name }) => name !== "checkoutservice");
  assert.ok(others.every((each) => each.snapshot().starts === 0));
});
