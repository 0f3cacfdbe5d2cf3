import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { orderPlaced, prewarm } from "#protos/events.ts";
import { SendOrderConfirmationRequest } from "#protos/hipstershop.ts";
import { orderForm } from "../fixtures/visitor.ts";
import {
  cluster,
  GatewayVisitor,
  listFunctionPods,
  skip,
  waitForZero,
} from "./fixtures/cluster.ts";
import { orderIdOf, postEvent, readMailLines, untilMailed } from "./fixtures/events.ts";

const { namespace } = cluster;

function confirmationOf(orderId: string): SendOrderConfirmationRequest {
  const cost = { currencyCode: "EUR", units: 8n, nanos: 990_000_000 };
  const { street_address: streetAddress, city, state, country } = orderForm;
  return {
    email: "someone@example.com",
    order: {
      orderId,
      shippingTrackingId: "AB-1-2",
      shippingCost: cost,
      shippingAddress: { streetAddress, city, state, country, zipCode: 94_043 },
      items: [{ item: { productId: "OLJCESPC7Z", quantity: 1 }, cost }],
      total: { currencyCode: "EUR", units: 17n, nanos: 980_000_000 },
    },
  };
}

async function publish(type: string, id: string, data: unknown): Promise<void> {
  assert.equal(await postEvent(namespace, { type, id, data }), 202);
}

function postOrder(orderId: string): Promise<void> {
  const order = SendOrderConfirmationRequest.toJSON(confirmationOf(orderId));
  return publish(orderPlaced.type, orderId, order);
}

test("an order's mail is sent once, by the event", { skip }, async () => {
  const visitor = new GatewayVisitor();
  await visitor.post("/cart", { product_id: "OLJCESPC7Z", quantity: "1" });
  const page = await visitor.order();
  assert.equal(page.status, 200);
  const orderId = orderIdOf(page);
  assert.equal((await untilMailed(orderId, namespace)).length, 1);
});

test("an event that is delivered twice is mailed once", { skip }, async () => {
  const orderId = randomUUID();
  await postOrder(orderId);
  assert.equal((await untilMailed(orderId, namespace)).length, 1);
  await postOrder(orderId);
  // Events are delivered in any order, so the mail of a later event does not prove that the second
  // delivery ended.
  const later = randomUUID();
  await postOrder(later);
  await untilMailed(later, namespace);
  const lines = (await readMailLines(namespace)).filter((line) => line.includes(orderId));
  assert.equal(lines.length, 1);
});

test("a prewarm event starts the receiver and causes no mail", { skip }, async () => {
  const receiver = ["emailservice-events"];
  await waitForZero(receiver);
  await publish(prewarm.type, randomUUID(), { waker: "checkoutservice" });
  // The channel delivers an event before it accepts it, so the receiver has answered.
  assert.equal((await listFunctionPods(receiver)).length, 1);
  assert.deepEqual(await readMailLines(namespace), []);
});
