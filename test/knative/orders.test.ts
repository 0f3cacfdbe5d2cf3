import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { PlaceOrderResponse } from "#protos/hipstershop.ts";
import { makeOrderRequest } from "../../functions/checkoutservice/fixtures/serve-dependencies.ts";
import { isPlaced } from "../../functions/checkoutservice/orders/order-record.ts";
import { createClients } from "../fixtures/clients.ts";
import { findViolations } from "../fixtures/order-records.ts";
import { poll } from "../fixtures/poll.ts";
import { cluster, kubectl, skip } from "./fixtures/cluster.ts";
import { readClusterRecords, startSweep } from "./fixtures/order-state.ts";

const { namespace, internalGateway } = cluster;
const minOrders = 100;
const customersAtOnce = 4;
// How often the pods of each part are deleted.
const rounds = 3;
const item = { productId: "OLJCESPC7Z", quantity: 1 };

// Pods of the shop by their Knative Service, and of the in-memory broker by their Deployment.
const functions = ["checkoutservice", "paymentservice", "shippingservice", "emailservice-events"];
const brokerParts = ["broker-ingress", "broker-filter", "imc-dispatcher"];

async function deletePods(where: readonly string[]): Promise<void> {
  // No grace: a process that drains would finish its orders.
  const options = ["--grace-period=0", "--force", "--wait=false", "--ignore-not-found"];
  await kubectl.run(["delete", "pods", ...where, ...options]);
}

/** Deletes the pods of one part after the other, each several times. */
async function disturb(): Promise<void> {
  const parts = [
    ...functions.map((name) => ["-n", namespace, "-l", `serving.knative.dev/service=${name}`]),
    ...brokerParts.map((name) => [
      ...["-n", "knative-eventing"],
      ...["-l", `app.kubernetes.io/component=${name}`],
    ]),
  ];
  for (let round = 0; round < rounds; round += 1) {
    for (const part of parts) {
      await deletePods(part);
      // Orders go on meanwhile, and the next pods start.
      await delay(2000);
    }
  }
}

test("orders agree with charges, shipments and mails although pods are deleted", {
  skip,
  timeout: 580_000,
}, async (t) => {
  const clients = createClients(
    () => internalGateway,
    (name) => `${name}.${namespace}.svc.cluster.local`,
  );
  t.after(() => clients.close());
  const acknowledged: PlaceOrderResponse[] = [];
  const users = new Set<string>();
  let isDisturbed = true;
  const work = async () => {
    while (isDisturbed || users.size < minOrders) {
      const userId = `orders-${randomUUID()}`;
      users.add(userId);
      const response = await order(userId);
      if (response) acknowledged.push(response);
    }
  };
  const customers = Array.from({ length: customersAtOnce }, work);
  await disturb();
  isDisturbed = false;
  await Promise.all(customers);
  t.diagnostic(`${acknowledged.length} of ${users.size} orders acknowledged`);

  // The customer's client repeats the form once, as a visitor who reloads; both have the same request id.
  async function order(userId: string): Promise<PlaceOrderResponse | undefined> {
    const request = makeOrderRequest({ userId, requestId: randomUUID() });
    for (let attempt = 0; attempt < 20; attempt += 1) {
      try {
        await clients.cart.addItem({ userId, item });
        break;
      } catch {
        await delay(500);
      }
    }
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const response = await clients.checkout
        .placeOrder(request, { timeoutMs: 30_000 })
        .catch(() => undefined);
      if (response) return response;
    }
    return undefined;
  }

  await startSweep(`orders-test-${randomUUID().slice(0, 8)}`);
  let violations: string[] = [];
  const { orders, mailed } = await poll(
    async () => {
      const records = await readClusterRecords();
      violations = findViolations(records);
      const unmailed = records.orders.filter(
        (each) =>
          isPlaced(each) &&
          users.has(each.userId) &&
          each.confirmationFailure === undefined &&
          !records.mailed.has(each.orderId),
      );
      violations.push(...unmailed.map(({ orderId }) => `order ${orderId} has no mail`));
      return violations.length === 0 ? records : undefined;
    },
    () => violations.join("\n"),
    180_000,
  );
  const states = Map.groupBy(
    orders.filter(({ userId }) => users.has(userId)),
    ({ state }) => state,
  );
  for (const [state, each] of states) t.diagnostic(`${each.length} orders ${state}`);
  t.diagnostic(`${mailed.size} mails`);
  const placed = new Map(orders.filter(isPlaced).map((each) => [each.orderId, each]));
  for (const response of acknowledged) {
    assert.ok(placed.has(response.order?.orderId ?? ""), "an acknowledged order is placed");
  }
  assert.ok(acknowledged.length >= minOrders, `only ${acknowledged.length} orders`);
});
