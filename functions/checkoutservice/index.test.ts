import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { CheckoutServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "#runtime/client.ts";
import { startSinkServer } from "#runtime/fixtures/event-sink.ts";
import { StatusError } from "#runtime/status.ts";
import { card, makeOrderRequest, serveDependencies } from "./fixtures/serve-dependencies.ts";

/** Runs the function as a process, as in production, and records its output. */
async function startProcess(t: TestContext, env: Record<string, string>) {
  const child = spawn(process.execPath, [join(import.meta.dirname, "index.ts")], {
    env: { PATH: process.env.PATH, HOST: "127.0.0.1", PORT: "0", METRICS_PORT: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  t.after(() => child.kill("SIGKILL"));
  const lines: string[] = [];
  const ready = Promise.withResolvers<number>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on("line", (line) => {
      lines.push(line);
      const { message, port } = line.startsWith("{") ? JSON.parse(line) : {};
      if (message === "ready") ready.resolve(port);
    });
  }
  const exited = once(child, "exit");
  exited.then(() => ready.reject(new Error(lines.join("\n"))));
  const port = await ready.promise;
  const stop = async () => {
    child.kill("SIGTERM");
    const [code] = await exited;
    return code as number;
  };
  return { address: `127.0.0.1:${port}`, lines, stop };
}

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
  const names = ["CART", "PRODUCT_CATALOG", "CURRENCY", "SHIPPING", "PAYMENT", "EMAIL"];
  const running = await startProcess(t, {
    ...Object.fromEntries(names.map((name) => [`${name}_SERVICE_ADDR`, address])),
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
