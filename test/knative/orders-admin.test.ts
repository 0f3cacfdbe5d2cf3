import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type TestContext, test } from "node:test";
import { itemsOf } from "#backends/kube-objects.ts";
import { queryPrometheus } from "#backends/prometheus.ts";
import { exampleCalls } from "#load/example-calls.ts";
import { lastKnown } from "#observability/prometheus/order-rules.ts";
import {
  AddItemRequest,
  CartServiceDefinition,
  CheckoutServiceDefinition,
  PlaceOrderRequest,
} from "#protos/hipstershop.ts";
import { OrderAdminServiceDefinition } from "#protos/order_admin.ts";
import { createClient } from "#runtime/client.ts";
import type { ServiceDefinition } from "#runtime/rpc.ts";
import { poll } from "../fixtures/poll.ts";
import { cluster, kubectl, listFunctionPods, skip, waitForZero } from "./fixtures/cluster.ts";
import { runShop } from "./fixtures/run-shop.ts";

const { namespace } = cluster;
const timeoutMs = 60_000;

/** A client through the cluster-local gateway. */
function connectTo<const D extends ServiceDefinition>(t: TestContext, name: string, definition: D) {
  const authority = `${name}.${namespace}.svc.cluster.local`;
  const client = createClient(definition, cluster.internalGateway, { authority, timeoutMs });
  t.after(() => client.close());
  return client;
}

const orders = (...args: string[]) => {
  const { status, stdout, stderr } = runShop(["orders", ...args, "--namespace", namespace]);
  assert.equal(status, 0, stderr);
  return stdout;
};

/** Places an order with an address of its own; returns its id. */
async function buy(t: TestContext, email: string): Promise<string> {
  const userId = randomUUID();
  const example = exampleCalls.find(({ method }) => method === "CheckoutService/PlaceOrder");
  const filled = AddItemRequest.fromJSON(example?.preparation?.(userId).request);
  await connectTo(t, "cartservice", CartServiceDefinition).addItem(filled);
  const request = PlaceOrderRequest.fromJSON(example?.createRequest(userId));
  const checkout = connectTo(t, "checkoutservice", CheckoutServiceDefinition);
  return (await checkout.placeOrder({ ...request, email })).order?.orderId ?? "";
}

const rowOf = (orderId: string) => {
  const rows = JSON.parse(orders("--json")) as { orderId: string; state: string }[];
  return rows.find((row) => row.orderId === orderId);
};

test("an operator lists, resends and forgets an order while checkoutservice runs and at zero", {
  skip,
}, async (t) => {
  const email = `${randomUUID()}@example.com`;
  const orderId = await buy(t, email);
  await poll(
    async () => rowOf(orderId)?.state === "confirmed" || undefined,
    () => `order ${orderId} is ${rowOf(orderId)?.state}`,
    60_000,
  );
  assert.match(orders("resend", orderId), new RegExp(`${orderId} is sent to ${email}\n$`));

  await waitForZero(["checkoutservice"]);
  assert.equal(rowOf(orderId)?.state, "confirmed");
  const jobs = itemsOf(await kubectl.readJson(["get", "jobs", "-n", namespace]));
  // Those of the CronJob have the minute of their schedule as a suffix.
  const own = jobs.filter(
    ({ metadata }) =>
      !/^checkoutservice-sweep-\d+$/.test(metadata.name) &&
      metadata.deletionTimestamp === undefined,
  );
  assert.deepEqual(
    own.map(({ metadata }) => metadata.name),
    [],
  );

  assert.equal(orders("forget", email), "the addresses were removed from 1 order\n");
  const refused = runShop(["orders", "resend", orderId, "--namespace", namespace]);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /FAILED_PRECONDITION: the personal data of order/);
});

test("the alerts' series about orders have values while checkoutservice is at zero", {
  skip,
}, async (t) => {
  await buy(t, `${randomUUID()}@example.com`);
  await waitForZero(["checkoutservice"]);
  const read = (series: string) => queryPrometheus(cluster.prometheusUrl, lastKnown(series));
  assert.equal((await read("shop:orders_open:max")).length, 1);
  assert.equal((await read("shop:order_confirmations_failed:max")).length, 1);
  const ages = await read("state:shop_orders_oldest_open_seconds:max");
  assert.deepEqual(ages.map(({ labels }) => labels.state).toSorted(), [
    "cancelling",
    "charging",
    "placed",
    "shipping",
  ]);
  const settled = 'sum(max_over_time(shop_orders_settled_total{outcome="confirmed"}[10m]))';
  const [confirmed] = await queryPrometheus(cluster.prometheusUrl, settled);
  assert.ok(confirmed && confirmed.value > 0, JSON.stringify(confirmed));
});

test("OrderAdminService refuses calls through the gateway, and at the pod's address", {
  skip,
}, async (t) => {
  const request = { failedOnly: false, pageSize: 1 };
  const admin = connectTo(t, "checkoutservice", OrderAdminServiceDefinition);
  await assert.rejects(admin.listOrders(request), {
    code: "PERMISSION_DENIED",
    message: /this call has the header (?:x-forwarded-\w+|forwarded)/,
  });
  const [pod] = await listFunctionPods(["checkoutservice"]);
  const address = (pod?.status as { podIP?: string } | undefined)?.podIP;
  // The function's own port, and that of queue-proxy for HTTP/2.
  for (const [port, reason] of [
    [8080, /this call is from /],
    [8013, /this call has the header /],
  ] as const) {
    const direct = createClient(OrderAdminServiceDefinition, `${address}:${port}`, { timeoutMs });
    t.after(() => direct.close());
    await assert.rejects(direct.listOrders(request), {
      code: "PERMISSION_DENIED",
      message: reason,
    });
  }
});
