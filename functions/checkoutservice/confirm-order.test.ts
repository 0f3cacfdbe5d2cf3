import assert from "node:assert/strict";
import { test } from "node:test";
import { HTTP } from "cloudevents";
import { orderPlaced } from "#protos/events.ts";
import type { SendOrderConfirmationRequest } from "#protos/hipstershop.ts";
import { createEventSink } from "#runtime/deliver-event.ts";
import { startSinkServer } from "#runtime/fixtures/event-sink.ts";
import { createConfirmOrder, warmUpEvents } from "./confirm-order.ts";
import { makeOrderRequest, usd } from "./fixtures/serve-dependencies.ts";
import { createClientsOf } from "./fixtures/start-checkout.ts";

const request: SendOrderConfirmationRequest = {
  email: "someone@example.com",
  order: {
    orderId: "order-1",
    shippingTrackingId: "KB-1-2",
    shippingCost: usd(8, 99),
    shippingAddress: makeOrderRequest().address,
    items: [{ item: { productId: "A", quantity: 2 }, cost: usd(19, 99) }],
    total: usd(48, 97),
  },
};

test("publishes the order with its id as the id of the event", async (t) => {
  const { received, url } = await startSinkServer(t, 503);
  const clients = createClientsOf("127.0.0.1:1");
  t.after(() => clients.close());
  await createConfirmOrder(createEventSink(url), clients)(request);
  assert.equal(received.length, 2);
  for (const { headers, body } of received) {
    assert.equal(headers["ce-id"], "order-1");
    assert.equal(headers["ce-subject"], "order-1");
    assert.equal(headers["ce-source"], "/checkoutservice");
    assert.equal(headers["ce-type"], "com.hipstershop.order.placed.v1");
    const event = HTTP.toEvent<object>({ headers, body: String(body) });
    assert.ok("data" in event && event.data);
    assert.deepEqual(orderPlaced.data.fromJSON(event.data), request);
  }
});

test("warms up without sending an event", async () => {
  await warmUpEvents();
});
