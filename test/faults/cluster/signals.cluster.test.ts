import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { OrderResult } from "#protos/hipstershop.ts";
import { address, card } from "../../contract/values.ts";
import { createClients } from "../../fixtures/clients.ts";
import { cluster, GatewayVisitor, kubectl, skip } from "../../knative/fixtures/cluster.ts";
import { rememberService, setVariable } from "../../knative/fixtures/service-env.ts";
import { countOf } from "../counts.ts";
import { reportFigures } from "../figures.ts";
import { podsOf } from "./fixtures/pods.ts";
import { warmUp } from "./fixtures/run-fault.ts";

const inFlight = 100;
const latencyMs = 5000;
// The requests have reached the pod, and none is answered yet.
const signalAfterMs = 2500;
const timeoutMs = 60_000;

const { namespace, internalGateway } = cluster;
const clients = createClients(
  () => internalGateway,
  (name) => `${name}.${namespace}.svc.cluster.local`,
);

const usd = { currencyCode: "USD", units: 12n, nanos: 0 };
const item = { productId: "OLJCESPC7Z", quantity: 1 };

const order: OrderResult = {
  orderId: "",
  shippingTrackingId: "",
  shippingCost: usd,
  shippingAddress: address,
  items: [{ item, cost: usd }],
  total: usd,
};

// One request to each function; those that write have an effect. Calls are not retried.
const requests: Readonly<Record<string, (id: string) => Promise<unknown>>> = {
  frontend: async () => {
    const { status } = await new GatewayVisitor().get("/");
    if (status !== 200) throw new Error(`status ${status}`);
  },
  checkoutservice: (userId) =>
    clients.checkout.placeOrder(
      {
        userId,
        requestId: randomUUID(),
        userCurrency: "USD",
        address,
        email: "someone@example.com",
        creditCard: card,
      },
      { timeoutMs },
    ),
  paymentservice: (transactionId) =>
    clients.payment.charge({ amount: usd, creditCard: card, transactionId }, { timeoutMs }),
  shippingservice: (shipmentId) =>
    clients.shipping.shipOrder({ address, items: [item], shipmentId }, { timeoutMs }),
  cartservice: (userId) => clients.cart.addItem({ userId, item }, { timeoutMs }),
  currencyservice: () => clients.currency.convert({ from: usd, toCode: "EUR" }, { timeoutMs }),
  productcatalogservice: () => clients.catalog.listProducts({}, { timeoutMs }),
  recommendationservice: (userId) =>
    clients.recommendation.listRecommendations({ userId, productIds: [] }, { timeoutMs }),
  adservice: () => clients.ad.getAds({ contextKeys: [] }, { timeoutMs }),
  emailservice: (orderId) =>
    clients.email.sendOrderConfirmation(
      { email: "someone@example.com", order: { ...order, orderId } },
      { timeoutMs },
    ),
};

const functions = countOf({ full: Object.keys(requests), short: ["checkoutservice"] });

describe("SIGTERM", { skip }, () => {
  after(() => clients.close());
  for (const name of functions) {
    test(`${inFlight} requests to ${name} are answered although its pods are deleted`, async (t) => {
      t.after(await rememberService(name));
      await warmUp();
      const users = Array.from({ length: inFlight }, () => randomUUID());
      if (name === "checkoutservice") await fillCarts(users);
      const stopCalls = callOthers(name);
      t.after(stopCalls);
      await setVariable(name, "SHOP_FAULTS", `*:latency=${latencyMs}ms`);
      const request = requests[name];
      assert.ok(request);
      const startMs = performance.now();
      let answered = 0;
      const answers = users.map((user) =>
        request(user).then(
          () => {
            answered += 1;
            return "OK";
          },
          (error: Error & { code?: string }) => `${error.code ?? ""} ${error.message}`,
        ),
      );
      await delay(signalAfterMs);
      assert.equal(answered, 0);
      const { selector } = podsOf(name);
      await kubectl.read(["delete", "pods", "-n", namespace, "-l", selector, "--wait=false"]);
      const failures = (await Promise.all(answers)).filter((answer) => answer !== "OK");
      const tookMs = Math.round(performance.now() - startMs);
      reportFigures(
        t,
        `SIGTERM of ${name}`,
        `${inFlight} in flight, ${failures.length} failed, last answer after ${tookMs} ms, of which ${latencyMs} ms are injected`,
      );
      assert.deepEqual(failures, []);
    });
  }
});

/** Calls the other functions until it is stopped: their cold starts are not what is tested. */
function callOthers(name: string): () => Promise<void> {
  const ending = new AbortController();
  const others = Object.entries(requests).filter(
    ([other]) => ![name, "frontend", "checkoutservice", "emailservice"].includes(other),
  );
  const calls = (async () => {
    while (!ending.signal.aborted) {
      await Promise.all(others.map(([, call]) => call(randomUUID()).catch(() => undefined)));
      await delay(2000, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  })();
  return () => {
    ending.abort();
    return calls;
  };
}

async function fillCarts(users: readonly string[]): Promise<void> {
  for (let at = 0; at < users.length; at += 20) {
    const batch = users.slice(at, at + 20);
    await Promise.all(batch.map((userId) => clients.cart.addItem({ userId, item }, { timeoutMs })));
  }
}
