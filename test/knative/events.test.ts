import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { orderPlaced, prewarm } from "#protos/events.ts";
import { SendOrderConfirmationRequest } from "#protos/hipstershop.ts";
import { poll } from "../fixtures/poll.ts";
import { orderForm } from "../fixtures/visitor.ts";
import {
  cluster,
  GatewayVisitor,
  kubectl,
  listFunctionPods,
  skip,
  waitForZero,
} from "./fixtures/cluster.ts";

const { namespace } = cluster;

/** The log lines about mails of the pods that exist now. */
async function readMailLines(): Promise<string[]> {
  const selector = "serving.knative.dev/service in (emailservice, emailservice-events)";
  const args = ["logs", "-n", namespace, "-l", selector, "-c", "user-container", "--tail=-1"];
  const { stdout } = await kubectl.run(args);
  return stdout.split("\n").filter((line) => /order confirmation/.test(line));
}

async function untilMailed(orderId: string): Promise<string[]> {
  return poll(
    async () => {
      const lines = (await readMailLines()).filter((line) => line.includes(orderId));
      return lines.length > 0 ? lines : undefined;
    },
    () => `no mail about ${orderId}`,
    60_000,
  );
}

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

function postOrder(orderId: string): Promise<void> {
  const order = SendOrderConfirmationRequest.toJSON(confirmationOf(orderId));
  return postEvent(orderPlaced.type, orderId, order);
}

async function postEvent(type: string, id: string, data: unknown): Promise<void> {
  const broker = await kubectl.readJson(["get", "svc", "broker-ingress", "-n", "knative-eventing"]);
  const { clusterIP } = (broker as { spec: { clusterIP: string } }).spec;
  const response = await fetch(`http://${clusterIP}/${namespace}/default`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "ce-specversion": "1.0",
      "ce-id": id,
      "ce-source": "/checkoutservice",
      "ce-type": type,
      "ce-subject": id,
    },
    body: JSON.stringify(data),
  });
  assert.equal(response.status, 202, await response.text());
}

test("an order's mail is sent once, by the event", { skip }, async () => {
  const visitor = new GatewayVisitor();
  await visitor.post("/cart", { product_id: "OLJCESPC7Z", quantity: "1" });
  const page = await visitor.order();
  assert.equal(page.status, 200);
  const orderId = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(page.body)?.[0] ?? "";
  assert.notEqual(orderId, "");
  assert.equal((await untilMailed(orderId)).length, 1);
});

test("an event that is delivered twice is mailed once", { skip }, async () => {
  const orderId = randomUUID();
  await postOrder(orderId);
  assert.equal((await untilMailed(orderId)).length, 1);
  await postOrder(orderId);
  // Events are delivered in any order, so the mail of a later event does not prove that the second
  // delivery ended.
  const later = randomUUID();
  await postOrder(later);
  await untilMailed(later);
  const lines = (await readMailLines()).filter((line) => line.includes(orderId));
  assert.equal(lines.length, 1);
});

test("a prewarm event starts the receiver and causes no mail", { skip }, async () => {
  const receiver = ["emailservice-events"];
  await waitForZero(receiver);
  await postEvent(prewarm.type, randomUUID(), { waker: "checkoutservice" });
  // The channel delivers an event before it accepts it, so the receiver has answered.
  assert.equal((await listFunctionPods(receiver)).length, 1);
  assert.deepEqual(await readMailLines(), []);
});
