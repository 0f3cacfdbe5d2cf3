import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type Order, OrderState } from "#protos/hipstershop.ts";
import { OrderAdminServiceDefinition } from "#protos/order_admin.ts";
import { createClient } from "#runtime/client.ts";
import { serveForTest } from "#runtime/fixtures/serve-for-test.ts";
import { implement } from "#runtime/rpc.ts";
import { StatusError } from "#runtime/status.ts";
import { makeOrderRequest } from "./fixtures/serve-dependencies.ts";
import { type Changes, fail, type PortChanges, startCheckout } from "./fixtures/start-checkout.ts";
import { createOrderAdminService } from "./order-admin.ts";

const { ORDER_STATE_CONFIRMED, ORDER_STATE_PLACED, ORDER_STATE_REFUNDED } = OrderState;
const email = "someone@example.com";
// A failing call is repeated for 2.5 s.
const patient = { timeout: 10_000 };

async function startWithAdmin(t: TestContext, changes?: Changes, portChanges?: PortChanges) {
  const checkout = await startCheckout(t, changes, portChanges);
  const service = createOrderAdminService(checkout.orders);
  const server = await serveForTest({
    services: [implement(OrderAdminServiceDefinition, service)],
  });
  t.after(() => server.close());
  const admin = createClient(OrderAdminServiceDefinition, server.address);
  t.after(() => admin.close());
  const list = (failedOnly = false, pageSize = 0) => admin.listOrders({ failedOnly, pageSize });
  /** Places an order, and waits until it has a state. */
  const place = async (
    request: Parameters<typeof checkout.order>[0] = {},
    state: OrderState = ORDER_STATE_CONFIRMED,
  ) => {
    if (checkout.cart.items().length === 0) checkout.cart.add({ productId: "A", quantity: 1 });
    await checkout.order(request).catch(() => undefined);
    return t.waitFor(async () => {
      const [newest] = (await list()).orders;
      assert.equal(newest?.state, state);
      return idOf(newest);
    }, patient);
  };
  return { ...checkout, admin, list, place };
}

const idOf = ({ order }: Order) => order?.orderId ?? "";

/** A clock that never returns the same time twice, so that the order of the records is certain. */
function createClock() {
  let lastMs = Date.now();
  return () => {
    lastMs = Math.max(lastMs + 1, Date.now());
    return lastMs;
  };
}

test("lists orders, newest first, without addresses", async (t) => {
  const { place, list } = await startWithAdmin(t, {}, { now: createClock() });
  const ids = [await place(), await place({ userId: "other" }), await place()];
  const all = await list();
  assert.deepEqual([all.orders.map(idOf), all.totalSize], [ids.toReversed(), 3]);
  for (const order of all.orders) {
    assert.deepEqual([order.order?.shippingAddress, order.email], [undefined, ""]);
  }
  const page = await list(false, 2);
  assert.deepEqual([page.orders.map(idOf), page.totalSize], [ids.slice(1).toReversed(), 3]);
  await assert.rejects(list(false, -1), {
    code: "INVALID_ARGUMENT",
    message: "page_size is -1: expected 0 to 1000",
  });
});

test("lists what needs attention, with e-mail addresses", async (t) => {
  const failing = { publish: false, ship: false };
  const attempt = Promise.withResolvers<void>();
  t.after(() => attempt.resolve());
  const { place, list, orders } = await startWithAdmin(
    t,
    (ledger) => ({
      shipOrder: (request) =>
        failing.ship ? fail("INTERNAL", "lost")() : ledger.shipOrder(request),
    }),
    {
      now: createClock(),
      publish: async () => {
        if (!failing.publish) return;
        await attempt.promise;
        throw new StatusError("UNAVAILABLE", "no broker");
      },
    },
  );
  const bounced = await place();
  await place();
  await orders.recordUndelivered(bounced, `550 no mailbox ${email}`);
  failing.ship = true;
  const refunded = await place({}, ORDER_STATE_REFUNDED);
  Object.assign(failing, { ship: false, publish: true });
  const waiting = await place({}, ORDER_STATE_PLACED);
  assert.equal((await list(true)).totalSize, 2, "a process works on the last one");
  attempt.resolve();
  const found = await t.waitFor(async () => {
    const failed = await list(true);
    assert.equal(failed.totalSize, 3);
    return failed.orders;
  }, patient);
  assert.deepEqual(found.map(idOf), [waiting, refunded, bounced]);
  assert.deepEqual(
    found.map((order) => [order.email, order.order?.shippingAddress]),
    found.map(() => [email, undefined]),
  );
  assert.match(found[1]?.failure ?? "", /shipping error/);
  assert.equal(found[2]?.confirmationFailure, "550 no mailbox ***");
  assert.deepEqual((await list(true, 1)).orders.map(idOf), [waiting]);
});

test("lists an order whose refund is outstanding once, with the reason", async (t) => {
  const changes = { shipOrder: fail("INTERNAL", "lost"), refund: fail("UNAVAILABLE", "away") };
  const { place, list } = await startWithAdmin(t, changes);
  const orderId = await place({}, OrderState.ORDER_STATE_CANCELLING);
  const { orders } = await t.waitFor(async () => {
    const failed = await list(true);
    assert.equal(failed.totalSize, 1);
    return failed;
  }, patient);
  assert.deepEqual(orders.map(idOf), [orderId]);
  assert.match(orders[0]?.failure ?? "", /shipping error/);
});

test("resends the confirmation of an order that was not delivered", async (t) => {
  const { place, list, orders, admin, methods } = await startWithAdmin(t);
  const orderId = await place();
  await orders.recordUndelivered(orderId, "550 no mailbox");
  const resent = await admin.resendConfirmation({ orderId: orderId.toUpperCase() });
  assert.deepEqual([resent.state, resent.confirmationFailure], [ORDER_STATE_CONFIRMED, ""]);
  assert.deepEqual([resent.email, resent.order?.shippingAddress], [email, undefined]);
  const mails = methods().filter((method) => method === "sendOrderConfirmation");
  assert.equal(mails.length, 2);
  assert.equal((await list(true)).totalSize, 0);
});

test("refuses to resend an order that is unknown, undone or forgotten", async (t) => {
  const { place, admin } = await startWithAdmin(t, { shipOrder: fail("INTERNAL", "lost") });
  const orderId = await place({}, ORDER_STATE_REFUNDED);
  for (const [id, code, message] of [
    ["nothing", "NOT_FOUND", /nothing/],
    ["", "INVALID_ARGUMENT", /^order_id /],
    [orderId, "FAILED_PRECONDITION", /is refunded: expected a placed order$/],
  ] as const) {
    await assert.rejects(admin.resendConfirmation({ orderId: id }), { code, message });
  }
});

test("forgets the settled orders of a customer, and reports open ones", async (t) => {
  const failing = { publish: false };
  const publish = async () => {
    if (failing.publish) throw new StatusError("UNAVAILABLE", "no broker");
  };
  const { place, list, admin, store, lines, orders } = await startWithAdmin(t, {}, { publish });
  const settled = await place();
  const bounced = await place({ email: "Someone@Example.com" });
  await orders.recordUndelivered(bounced, "550 no mailbox");
  const other = await place({ email: "other@example.com" });
  failing.publish = true;
  const open = await place({}, ORDER_STATE_PLACED);
  await t.waitFor(async () => assert.deepEqual((await list(true)).orders.length, 2));
  assert.deepEqual(await admin.forgetCustomer({ email: " SOMEONE@example.com " }), {
    forgotten: 2,
    open: 1,
  });
  const textOf = async (id: string) => (await store.get(id)) ?? "";
  const { streetAddress = "" } = makeOrderRequest().address ?? {};
  for (const id of [settled, bounced]) {
    const text = await textOf(id);
    assert.doesNotMatch(text, /example\.com/i);
    assert.ok(!text.includes(streetAddress));
    const { orderId, state, result, transactionId } = JSON.parse(text);
    assert.equal(orderId, id);
    assert.ok(state && transactionId && result.total.units);
  }
  for (const id of [open, other]) assert.ok((await textOf(id)).includes(streetAddress));
  assert.deepEqual((await list(true)).orders.map(idOf), [open]);
  await assert.rejects(admin.resendConfirmation({ orderId: bounced }), {
    code: "FAILED_PRECONDITION",
    message: /personal data .* was removed/,
  });
  failing.publish = false;
  await t.waitFor(async () => assert.equal((await orders.sweep()).open, 0), patient);
  assert.deepEqual(await admin.forgetCustomer({ email }), { forgotten: 1, open: 0 });
  assert.deepEqual(await admin.forgetCustomer({ email }), { forgotten: 0, open: 0 });
  await assert.rejects(admin.forgetCustomer({ email: `${email},` }), {
    code: "INVALID_ARGUMENT",
    message: "email is not an e-mail address",
  });
  assert.ok(lines.length > 0);
  assert.doesNotMatch(lines.join("\n"), /example\.com/i);
});
