import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { OrderState } from "#protos/hipstershop.ts";
import { address, card } from "../contract/values.ts";
import { createClients, type ShopClients } from "../fixtures/clients.ts";
import { poll } from "../fixtures/poll.ts";
import { cluster, kubectl, listFunctionPods, skip } from "./fixtures/cluster.ts";
import { type ClusterMailServer, startMailServer } from "./fixtures/mail/mail-server.ts";
import { runSweep } from "./fixtures/order-state.ts";
import { runShop } from "./fixtures/run-shop.ts";

const { namespace, internalGateway } = cluster;

interface PlacedOrder {
  readonly userId: string;
  readonly orderId: string;
}

describe("an order's mail", { skip }, () => {
  let clients: ShopClients;
  let mails: ClusterMailServer;
  before(async () => {
    clients = createClients(
      () => internalGateway,
      (name) => `${name}.${namespace}.svc.cluster.local`,
    );
    mails = await startMailServer();
  });
  after(async () => {
    clients.close();
    await mails.remove();
  });

  async function placeOrder(email = "someone@example.com"): Promise<PlacedOrder> {
    const userId = randomUUID();
    const item = { productId: "OLJCESPC7Z", quantity: 1 };
    await clients.cart.addItem({ userId, item });
    const request = { userId, userCurrency: "USD", address, email, creditCard: card };
    // From zero, an order needs the cold starts of a chain of functions.
    const { order } = await clients.checkout.placeOrder(request, { timeoutMs: 60_000 });
    assert.ok(order);
    return { userId, orderId: order.orderId };
  }

  function placeOrders(count: number, email?: string): Promise<PlacedOrder[]> {
    return Promise.all(Array.from({ length: count }, () => placeOrder(email)));
  }

  const readOrder = ({ userId, orderId }: PlacedOrder) =>
    clients.checkout.getOrder({ userId, orderId }, { timeoutMs: 30_000 });

  /** Sweeps until the orders are confirmed, then checks that each has one mail. */
  async function untilMailed(orders: readonly PlacedOrder[], boundMs: number): Promise<void> {
    let states: OrderState[] = [];
    await poll(
      async () => {
        await runSweep();
        states = (await Promise.all(orders.map(readOrder))).map(({ state }) => state);
        return states.every((state) => state === OrderState.ORDER_STATE_CONFIRMED)
          ? true
          : undefined;
      },
      () => `the states are ${states.join()}`,
      boundMs,
    );
    for (const { orderId } of orders) assert.equal(await mails.count("accepted", orderId), 1);
  }

  test("is sent once when the mail server is back, and no order waits for it", async (t) => {
    await placeOrder();
    await mails.setReachable(false);
    const startMs = performance.now();
    const orders = await placeOrders(3);
    const tookMs = performance.now() - startMs;
    t.diagnostic(`3 orders without a mail server: ${Math.round(tookMs)} ms`);
    assert.ok(tookMs < 15_000);
    for (const order of orders) {
      assert.equal((await readOrder(order)).state, OrderState.ORDER_STATE_PLACED);
    }
    await mails.setReachable(true);
    await untilMailed(orders, 240_000);
  });

  test("is sent once if emailservice is deleted while it sends", async () => {
    const order = await placeOrder("slow@example.com");
    const { orderId } = order;
    await poll(
      async () => ((await mails.count("received", orderId)) > 0 ? true : undefined),
      () => "the mail was not sent",
      90_000,
    );
    const pods = (await listFunctionPods(["emailservice-events"])).map(
      ({ metadata }) => metadata.name,
    );
    // One of an earlier test may have ended since.
    const now = ["--grace-period=0", "--force", "--ignore-not-found"];
    await kubectl.read(["delete", "pods", "-n", namespace, ...pods, ...now]);
    await poll(
      async () => {
        await runSweep();
        const { state } = await readOrder(order);
        return state === OrderState.ORDER_STATE_CONFIRMED ? true : undefined;
      },
      () => "the order was not confirmed",
      300_000,
    );
    // The server accepts the first mail too, although nobody waits for its answer: the process may have
    // died between the acceptance and its record.
    const received = await mails.count("received", orderId);
    assert.ok(received === 1 || received === 2, `${received} mails`);
  });

  test("is listed as failed if the server refuses it, and can be sent again", async () => {
    const order = await placeOrder("strict@example.com");
    const marked = await poll(
      async () => {
        const found = await readOrder(order);
        return found.confirmationFailure === "" ? undefined : found;
      },
      () => "the order was not marked",
      120_000,
    );
    assert.equal(marked.state, OrderState.ORDER_STATE_PLACED);
    assert.match(marked.confirmationFailure, /HTTP status 400: the mail server refused the mail/);
    assert.doesNotMatch(marked.confirmationFailure, /@/);
    await runSweep();
    assert.equal(await mails.count("accepted", order.orderId), 0);

    const target = ["--cluster", "--namespace", namespace];
    const listed = runShop(["orders", "--failed", ...target]);
    assert.equal(listed.status, 0, listed.stderr);
    assert.ok(listed.stdout.includes(order.orderId), listed.stdout);
    const resent = runShop(["orders", "resend", order.orderId, ...target]);
    assert.equal(resent.status, 0, resent.stderr);
    await untilMailed([order], 120_000);
  });

  test("has its address in no line of the shop's log", async () => {
    const names = ["checkoutservice", "checkoutservice-events", "emailservice-events"];
    const selector = `serving.knative.dev/service in (${names.join(",")})`;
    const args = ["logs", "-n", namespace, "-l", selector, "-c", "user-container", "--tail=-1"];
    assert.doesNotMatch(await kubectl.read(args), /(someone|slow|strict)@example\.com/);
  });
});
