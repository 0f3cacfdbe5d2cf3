import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { CheckoutServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "#runtime/client.ts";
import { startSinkServer } from "#runtime/fixtures/event-sink.ts";
import { StatusError } from "#runtime/status.ts";
import { card, makeOrderRequest, serveDependencies } from "./fixtures/serve-dependencies.ts";
import { makeFolder, spawnCheckout, startProcess } from "./fixtures/start-process.ts";

test("writes no card number and no CVV to logs, spans, events and errors", async (t) => {
  const charges = ["INVALID_ARGUMENT", "INTERNAL", "OK", "OK"];
  const shipments = ["INTERNAL", "OK"];
  const answer = (codes: string[]) => {
    const code = codes.shift();
    if (code === "INVALID_ARGUMENT" || code === "INTERNAL") throw new StatusError(code, "no");
  };
  const { address } = await serveDependencies(t, {
    charge: () => {
      answer(charges);
      return { transactionId: "transaction-1" };
    },
    shipOrder: () => {
      answer(shipments);
      return { trackingId: "KB-1-2" };
    },
  });
  const [spanServer, sink] = [await startSinkServer(t), await startSinkServer(t)];
  const running = await startProcess(t, address, {
    DATA_DIR: makeFolder(t),
    K_SINK: sink.url.href,
    OTEL_EXPORTER_ZIPKIN_ENDPOINT: spanServer.url.href,
    LOG_LEVEL: "debug",
  });
  const client = createClient(CheckoutServiceDefinition, running.address);
  t.after(() => client.close());
  const errors: unknown[] = [];
  // No port, time or duration equals this number.
  const creditCard = { ...card, creditCardCvv: 987_654_321 };
  const order = () =>
    client.placeOrder(makeOrderRequest({ creditCard })).catch((error) => errors.push(error));
  for (const _ of [...charges]) await order();
  await client.placeOrder(makeOrderRequest({ email: "" })).catch((error) => errors.push(error));
  assert.equal(errors.length, 4, "refused, failed, refunded and incomplete; one order is placed");
  assert.equal(await running.stop(), 0);

  assert.equal(sink.received.length, 1);
  const textOf = ({ received }: typeof sink) =>
    received.map(({ headers, body }) => `${JSON.stringify(headers)} ${body}`).join("\n");
  const spanText = textOf(spanServer);
  for (const name of ["hipstershop.PaymentService/Charge", "com.hipstershop.order.placed.v1"]) {
    assert.ok(spanText.includes(name), `a span about ${name}`);
  }
  const written = [...running.lines, spanText, textOf(sink), String(errors)].join("\n");
  assert.match(written, /"message":"order placed"/);
  const digits = card.creditCardNumber.replaceAll("-", "");
  for (const secret of [card.creditCardNumber, digits, digits.slice(4, 12), "8015-6152"]) {
    assert.ok(!written.includes(secret), secret);
  }
  assert.doesNotMatch(written, /cvv|987654321/i);
});

test("finishes an order of a killed process after the next start, without a call", async (t) => {
  const shipping = Promise.withResolvers<void>();
  let isKilled = false;
  const { address, counts, methods } = await serveDependencies(t, (ledger) => ({
    shipOrder: (request) => {
      shipping.resolve();
      return isKilled ? ledger.shipOrder(request) : new Promise(() => undefined);
    },
  }));
  const env = { DATA_DIR: makeFolder(t), ORDER_LEASE: "4s" };
  const first = await startProcess(t, address, env);
  const client = createClient(CheckoutServiceDefinition, first.address);
  t.after(() => client.close());
  const answer = assert.rejects(client.placeOrder(makeOrderRequest()), { code: "UNAVAILABLE" });
  await shipping.promise;
  await first.kill();
  isKilled = true;
  await answer;
  const second = await startProcess(t, address, env);
  const isMailed = () => assert.ok(methods().includes("sendOrderConfirmation"));
  await t.waitFor(isMailed, { timeout: 30_000 });
  assert.deepEqual(counts(), { charged: 1, refunded: 0, shipped: 1 });
  assert.equal(await second.stop(), 0);
});

test("exits 2 with one line if a newer release wrote the orders, and changes nothing", async (t) => {
  const folder = makeFolder(t);
  const file = join(folder, "orders.sqlite");
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(file);
  database.exec("CREATE TABLE newer (id TEXT); PRAGMA user_version = 1000");
  database.close();
  const before = readFileSync(file);
  const running = spawnCheckout(t, "127.0.0.1:1", { DATA_DIR: folder });
  running.ready.catch(() => undefined);
  assert.deepEqual(await running.exited, [2, null]);
  const errors = running.lines.filter((line) => line.includes('"severity":"ERROR"'));
  assert.equal(errors.length, 1, errors.join("\n"));
  assert.ok(errors[0]?.includes(file), errors[0]);
  assert.deepEqual(readFileSync(file), before);
});
