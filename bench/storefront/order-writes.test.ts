import assert from "node:assert/strict";
import { test } from "node:test";
import type { ZipkinSpan } from "#traces/zipkin.ts";
import { summarizeWrites } from "./order-writes.ts";

const span = (service: string, name: string, timestamp: number, duration: number) => ({
  ...{ traceId: "a".repeat(32), id: "b".repeat(16), name, timestamp, duration },
  localEndpoint: { serviceName: service },
});
const post: ZipkinSpan = {
  ...span("frontend", "POST /cart/checkout", 1000, 10_000),
  kind: "SERVER",
};
const write = (service: string, timestamp: number, duration: number): ZipkinSpan => ({
  ...span(service, "UPSERT records", timestamp, duration),
  tags: { "db.system.name": "sqlite" },
});

test("the records of an order are those that its POST waits for, in the stores of orders", () => {
  const trace = [
    post,
    write("checkoutservice", 2000, 1000),
    write("paymentservice", 4000, 1500),
    // A cart is not a record of an order.
    write("cartservice", 6000, 700),
    // The event and its write follow the answer.
    write("checkoutservice", 12_000, 2000),
  ];
  const { orderCount, ms, share } = summarizeWrites([trace, [write("cartservice", 1, 1)]]);
  assert.equal(orderCount, 1);
  assert.equal(ms.median, 2.5);
  assert.equal(share.median, 0.25);
});
