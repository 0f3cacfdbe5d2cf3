import assert from "node:assert/strict";
import { test } from "node:test";
import { CheckoutServiceDefinition, type RefundRequest } from "#protos/hipstershop.ts";
import { createClient } from "#runtime/client.ts";
import { drainWhileWorking } from "#runtime/fixtures/drain-while-working.ts";
import { renderMetrics } from "#runtime/metrics.ts";
import { implement } from "#runtime/rpc.ts";
import type { StatusError } from "#runtime/status.ts";
import { makeOrderRequest, usd } from "../fixtures/serve-dependencies.ts";
import { fail, startCheckout } from "../fixtures/start-checkout.ts";

test("refunds the charge and keeps the cart if shipping fails", async (t) => {
  const { order, requests, methods, counts } = await startCheckout(t, {
    shipOrder: fail("INTERNAL", "no carrier"),
  });
  await assert.rejects(order(), (error: StatusError) => {
    assert.equal(error.code, "UNAVAILABLE");
    assert.equal(error.message, "shipping error: no carrier; the card was refunded");
    assert.equal(error.info?.reason, "REFUNDED");
    return true;
  });
  assert.equal(methods().at(-2), "cancelShipment");
  const [method, refund] = requests.at(-1) ?? [];
  assert.equal(method, "refund");
  assert.deepEqual((refund as RefundRequest).amount, usd(57, 96));
  assert.deepEqual(counts(), { charged: 0, refunded: 1, shipped: 0 });
  assert.ok(!methods().includes("removeItems"));
});

test("keeps an order open that cannot be refunded, and names it in the error", async (t) => {
  let isDown = true;
  const { order, orders, lines, counts } = await startCheckout(t, (ledger) => ({
    shipOrder: fail("INTERNAL", "no carrier"),
    refund: (request) => (isDown ? fail("INTERNAL", "no")() : ledger.refund(request)),
  }));
  await assert.rejects(order(), ({ code, message, info }: StatusError) => {
    assert.equal(code, "UNAVAILABLE");
    assert.match(message, /^shipping error: no carrier; the outcome of order \S+ is not known yet/);
    assert.equal(info?.reason, "OUTCOME_PENDING");
    assert.ok(message.includes(info.metadata.order_id ?? "?"));
    return true;
  });
  const warning = lines.find((line) => line.includes("an order could not be undone"));
  assert.match(warning ?? "", /"severity":"WARNING".*"order_id":/);
  isDown = false;
  assert.deepEqual(await orders.sweep(), { settled: 1, open: 0 });
  assert.deepEqual(counts(), { charged: 0, refunded: 1, shipped: 0 });
});

test("places the order if the cart is not updated and the mail is not sent", async (t) => {
  const { order, orders, lines } = await startCheckout(t, {
    removeItems: fail("INTERNAL", "no"),
    sendOrderConfirmation: fail("UNAVAILABLE", "no"),
  });
  const { order: result } = await order({}, 20_000);
  assert.match(result?.orderId ?? "", /^[0-9a-f-]{36}$/);
  for (const text of ["the items of an order were not removed", "an order was not confirmed"]) {
    await t.waitFor(() => assert.ok(lines.some((line) => line.includes(text))), { timeout: 9000 });
  }
  assert.deepEqual(await orders.sweep(), { settled: 0, open: 1 });
});

test("answers before the caller's deadline while the confirmation is pending", async (t) => {
  const mail = Promise.withResolvers<object>();
  t.after(() => mail.resolve({}));
  const { order } = await startCheckout(t, { sendOrderConfirmation: () => mail.promise });
  assert.ok((await order({}, 1000)).order);
});

test("a drain waits for the confirmation of an order that was answered", async (t) => {
  const mail = Promise.withResolvers<object>();
  const { service } = await startCheckout(t, { sendOrderConfirmation: () => mail.promise });
  const events = await drainWhileWorking(
    t,
    (work) => {
      mail.resolve(work.then(() => ({})));
      return { services: [implement(CheckoutServiceDefinition, service)] };
    },
    async (address) => {
      const client = createClient(CheckoutServiceDefinition, address);
      t.after(() => client.close());
      await client.placeOrder(makeOrderRequest(), { timeoutMs: 1000 });
    },
  );
  assert.deepEqual(events, ["answered", "work ended", "closed"]);
});

test("does not charge after a cancellation before the charge", { timeout: 20_000 }, async (t) => {
  const asking = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  const caller = new AbortController();
  const { orderAndCancel, methods } = await startCheckout(t, {
    convertBatch: async ({ from }, { signal }) => {
      asking.resolve();
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      left.resolve();
      return { results: from, currencyCodes: [] };
    },
  });
  const answer = assert.rejects(orderAndCancel(caller.signal), { code: "CANCELLED" });
  await asking.promise;
  caller.abort();
  await answer;
  await left.promise;
  assert.ok(!methods().includes("charge"));
});

test("places the order after a cancellation during the charge", {
  timeout: 20_000,
}, async (t) => {
  const charging = Promise.withResolvers<void>();
  const charged = Promise.withResolvers<void>();
  const confirmed = Promise.withResolvers<void>();
  const caller = new AbortController();
  const { orderAndCancel, methods } = await startCheckout(t, {
    charge: async ({ transactionId = "" }) => {
      charging.resolve();
      await charged.promise;
      return { transactionId };
    },
    sendOrderConfirmation: () => {
      confirmed.resolve();
      return {};
    },
  });
  const answer = assert.rejects(orderAndCancel(caller.signal), { code: "CANCELLED" });
  await charging.promise;
  caller.abort();
  await answer;
  charged.resolve();
  await confirmed.promise;
  assert.ok(methods().includes("shipOrder"));
});

test("counts orders and revenue by currency", async (t) => {
  const { order } = await startCheckout(t);
  await order({ userCurrency: "CHF" });
  const { body } = await renderMetrics();
  assert.match(body, /^shop_orders_total\{currency="CHF"\} 1$/m);
  assert.match(body, /^shop_revenue_total\{currency="CHF"\} 115\.92$/m);
});
