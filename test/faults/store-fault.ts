import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { hiddenFieldsOf } from "#load/hidden-fields.ts";
import { createOrderForm } from "#load/order-form.ts";
import { trackingNumber } from "#load/scenario.ts";
import { createRandom } from "#measure/random.ts";
import { poll } from "../fixtures/poll.ts";
import type { OrderShop } from "../orders/fixtures/order-shop.ts";
import { Browser } from "./browser.ts";
import { checkOrders } from "./check-orders.ts";
import { countOf } from "./counts.ts";
import { reportFigures } from "./figures.ts";
import { Traffic } from "./traffic.ts";
import { describeTraffic, type TrafficResult } from "./traffic-counts.ts";

/** How often the store fails again while visitors order. */
const cycles = countOf({ full: 5, short: 1 });

/** A fault of the store. */
export interface StoreFault {
  /** The fault, for the figures. */
  readonly name: string;
  /** Whether what is stored can still be read. */
  readonly isReadable: boolean;
  /** Injects it. */
  readonly inject: () => Promise<unknown>;
  /** Ends it. */
  readonly repair: () => Promise<unknown>;
}

/** The largest number of milliseconds that a page may take while the store fails. */
const boundMs = 12_000;

/**
 * Lets visitors fill carts and order while the store fails. Pages that only read must be served, and carts
 * and orders must get an error that says what happened; once the store works again, the same order form places
 * one order, and nothing is lost or half written.
 */
export async function describeStoreFault(
  t: TestContext,
  shop: OrderShop,
  { name, isReadable, inject, repair }: StoreFault,
): Promise<void> {
  const site = { url: shop.platform.urls.storefront, hostHeader: null, timeoutMs: 30_000 };
  const traffic = Traffic.start(t, { ...site, visitors: 2 });
  const customer = new Browser(site);
  t.after(() => customer.close());
  const addition = { product_id: "OLJCESPC7Z", quantity: "2" };
  assert.equal((await customer.post("/cart", addition)).error, undefined);
  const form = {
    ...createOrderForm(createRandom(17, 99), new Date()),
    ...hiddenFieldsOf(customer.page, "/cart/checkout"),
  };

  await inject();
  let slowestMs = 0;
  try {
    for (const path of ["/", "/product/6E92ZMYYFZ", "/search?q=mug"]) {
      const { status, tookMs } = await customer.get(path);
      slowestMs = Math.max(slowestMs, tookMs);
      assert.equal(status, 200, path);
    }
    const cart = await customer.get("/cart");
    assert.equal(cart.status, isReadable ? 200 : 503, customer.explanation);
    const added = await customer.post("/cart", addition);
    assert.equal(added.status, 503);
    assert.match(customer.explanation, /^Not available right now\. .*Your cart is safe/);
    const ordered = await customer.post("/cart/checkout", form);
    assert.equal(ordered.status, 503, customer.explanation);
    assert.match(
      customer.explanation,
      /nothing was charged|do not know yet whether your order was/i,
    );
    for (const { tookMs } of [cart, added, ordered]) slowestMs = Math.max(slowestMs, tookMs);
  } finally {
    await repair();
  }

  const repairedMs = performance.now();
  await poll(
    async () => ((await customer.get("/cart")).error === undefined ? true : undefined),
    () => customer.explanation,
    30_000,
  );
  const recoveredMs = performance.now() - repairedMs;
  assert.match(customer.page, /class="badge">2</, "the cart is as it was before the fault");
  await poll(
    async () => {
      await customer.post("/cart/checkout", form);
      return trackingNumber.test(customer.page) ? true : undefined;
    },
    () => customer.explanation,
    30_000,
  );
  for (let cycle = 0; cycle < cycles; cycle += 1) await breakUnderLoad(traffic, { inject, repair });
  const result = await traffic.stop();
  // The store may fail between the mail and the record that it was sent.
  const orders = await checkOrders(shop, result, { maxMails: 2 });
  const figures = `slowest page ${Math.round(slowestMs)} ms, recovered after ${Math.round(recoveredMs)} ms`;
  reportFigures(t, name, `${figures}; ${describeTraffic(result)}; ${orders}`);
  assert.ok(slowestMs < boundMs, `a page took ${Math.round(slowestMs)} ms`);
}

/** Lets the store fail until a form fails, and works again until an order is placed. */
async function breakUnderLoad(
  traffic: Traffic,
  { inject, repair }: Pick<StoreFault, "inject" | "repair">,
): Promise<void> {
  const failed = traffic.result.writes.failed;
  await inject();
  try {
    await untilTraffic(traffic, ({ writes }) => writes.failed > failed);
  } finally {
    await repair();
  }
  const placed = traffic.result.orders.placed.length;
  await untilTraffic(traffic, ({ orders }) => orders.placed.length > placed);
}

function untilTraffic(traffic: Traffic, isReached: (result: TrafficResult) => boolean) {
  return poll(
    async () => (isReached(traffic.result) ? true : undefined),
    () => describeTraffic(traffic.result),
    60_000,
  );
}
