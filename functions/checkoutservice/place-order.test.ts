import assert from "node:assert/strict";
import { test } from "node:test";
import { CheckoutServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "#runtime/client.ts";
import { drainWhileWorking } from "#runtime/fixtures/drain-while-working.ts";
import { renderMetrics } from "#runtime/metrics.ts";
import { implement } from "#runtime/rpc.ts";
import { makeOrderRequest, usd } from "./fixtures/serve-dependencies.ts";
import { fail, startCheckout } from "./fixtures/start-checkout.ts";

test("refunds the charge and keeps the cart if shipping fails", async (t) => {
  const { order, requests, methods } = await startCheckout(t, {
    shipOrder: fail("INTERNAL", "no carrier"),
  });
  await assert.rejects(order(), {
    code: "UNAVAILABLE",
    message: "shipping error: no carrier; the card was refunded",
  });
  assert.deepEqual(requests.at(-1), [
    "refund",
    { transactionId: "transaction-1", amount: usd(57, 96) },
  ]);
  assert.ok(!methods().includes("emptyCart"));
});

test("attempts a refund three times and logs an error with the transaction id", async (t) => {
  const { order, methods, lines } = await startCheckout(t, {
    shipOrder: fail("UNAVAILABLE", "closed"),
    refund: fail("INTERNAL", "no"),
  });
  await assert.rejects(order(), {
    code: "UNAVAILABLE",
    message: "shipping error: closed; the refund of transaction transaction-1 is outstanding",
  });
  assert.equal(methods().filter((method) => method === "refund").length, 3);
  const failure = lines.find((line) => line.includes("refund the charge manually"));
  assert.match(failure ?? "", /"severity":"ERROR".*"transaction_id":"transaction-1"/);
});

test("places the order if the cart cannot be emptied and the mail cannot be sent", async (t) => {
  const { order, lines } = await startCheckout(t, {
    emptyCart: fail("INTERNAL", "no"),
    sendOrderConfirmation: fail("INVALID_ARGUMENT", "no"),
  });
  assert.equal((await order()).order?.orderId, "order-1");
  const errors = lines.filter((line) => line.includes('"severity":"ERROR"'));
  assert.ok(errors.some((line) => line.includes("the cart of an order was not emptied")));
  assert.ok(errors.some((line) => line.includes("an order was not confirmed")));
});

test("answers before the caller's deadline while the confirmation is pending", async (t) => {
  const mail = Promise.withResolvers<object>();
  t.after(() => mail.resolve({}));
  const { order } = await startCheckout(t, { sendOrderConfirmation: () => mail.promise });
  assert.equal((await order({}, 1000)).order?.orderId, "order-1");
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
      return { results: from };
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
    charge: async () => {
      charging.resolve();
      await charged.promise;
      return { transactionId: "transaction-1" };
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
