import type { CheckoutServiceDefinition, Money } from "#protos/hipstershop.ts";
import type { Handlers } from "#runtime/rpc.ts";
import { StatusError, toStatusError } from "#runtime/status.ts";
import { explainStoreErrors } from "#runtime/store/store-error.ts";
import { createOrders } from "../../functions/checkoutservice/orders/create-orders.ts";
import { createCheckoutService } from "../../functions/checkoutservice/service.ts";
import { retentionMs, type Shop } from "./shop.ts";
import type { Life, Simulation } from "./simulation.ts";

/** The duration of a lease in the model. */
export const leaseMs = 20_000;

/** What a process of checkoutservice does. */
export interface Checkout extends Handlers<CheckoutServiceDefinition> {
  /** Marks an order whose confirmation could not be delivered. */
  recordUndelivered(orderId: string): Promise<void>;
  /** Delivers the confirmation of an order again. */
  resend(orderId: string): Promise<void>;
  /** Removes the personal data of the customers with an address. */
  forget(email: string): Promise<void>;
  /** Ends the leases of the process. */
  release(): Promise<void>;
}

/** Starts a process of checkoutservice, which recovers the orders of earlier ones. */
export function bootCheckout(shop: Shop, life: Life): Checkout {
  const { sim, mutation } = shop;
  const store = shop.orders.open(life);
  const clients = shop.clientsOf(life);
  const { cart, payment, shipping } = mutation.clients?.(clients) ?? clients;
  const orders = createOrders({
    store: mutation.store?.(store, shop, life) ?? store,
    clients: {
      cart,
      payment,
      shipping,
      catalog: {
        getProduct: async ({ id }) => priceOf(shop, id),
        getProducts: async ({ ids }) => ({
          products: ids.map((id) => priceOf(shop, id)),
          version: "",
        }),
      },
      currency: { convertBatch: async ({ from }) => ({ results: from, currencyCodes: [] }) },
    },
    publish: (request) => {
      const publish = () => shop.publish(life, request);
      return mutation.publish?.(publish) ?? publish();
    },
    now: sim.now,
    newId: sim.newId,
    leaseMs,
    retentionMs,
    pause: (durationMs, signal) => pauseIn(sim, life, durationMs, signal),
  });
  orders.sweep().catch((error: unknown) => {
    sim.record(`recovery: ${toStatusError(error).message}`);
  });
  const access = <T>(work: () => Promise<T>) =>
    explainStoreErrors("Can't access order storage.", work);
  return {
    ...createCheckoutService(orders),
    forget: async (email) => {
      await access(() => orders.forgetCustomer(email));
    },
    release: () => orders.release(),
    recordUndelivered: (orderId) =>
      access(() => orders.recordUndelivered(orderId, "the mail server refused it")),
    resend: async (orderId) => {
      await access(() => orders.resendConfirmation(orderId));
    },
  };
}

function priceOf({ prices }: Shop, id: string) {
  const priceUsd: Money | undefined = prices.get(id);
  if (!priceUsd) throw new StatusError("NOT_FOUND", `no product with ID ${id}`);
  return { id, name: id, description: "", picture: "", priceUsd, categories: [] };
}

function pauseIn(
  sim: Simulation,
  life: Life,
  durationMs: number,
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const cancel = sim.at(sim.now() + durationMs, { label: "pause", owner: life, run: resolve });
    signal?.addEventListener("abort", () => {
      cancel();
      resolve();
    });
  });
}
