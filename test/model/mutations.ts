import type {
  CartServiceDefinition,
  PaymentServiceDefinition,
  PlaceOrderRequest,
  ShippingServiceDefinition,
} from "#protos/hipstershop.ts";
import type { Handlers } from "#runtime/rpc.ts";
import type { RecordStore } from "#runtime/store/record-store.ts";
import type { ModelClients, Shop } from "./shop.ts";
import type { Life } from "./simulation.ts";

/** A defect that is built into the shop, to see that the model finds it. */
export interface Mutation {
  /** Replaces the journal that a process of checkout uses. */
  store?(store: RecordStore, shop: Shop, life: Life): RecordStore;
  /** Replaces the clients of a process of checkout. */
  clients?(clients: ModelClients): ModelClients;
  /** Replaces the publishing of a process of checkout. */
  publish?(publish: () => Promise<void>): Promise<void>;
  /** Replaces the handlers of paymentservice. */
  payment?(
    handlers: Handlers<PaymentServiceDefinition>,
    shop: Shop,
  ): Handlers<PaymentServiceDefinition>;
  /** Replaces the handlers of shippingservice. */
  shipping?(
    handlers: Handlers<ShippingServiceDefinition>,
    shop: Shop,
  ): Handlers<ShippingServiceDefinition>;
  /** Replaces the handlers of cartservice. */
  cart?(handlers: Handlers<CartServiceDefinition>): Handlers<CartServiceDefinition>;
  /** Changes what a visitor sends. */
  request?(request: PlaceOrderRequest): PlaceOrderRequest;
}

/** The key of a record is not the answer to whether it exists: a write is only made later. */
function writeLater(isLate: (state: string | undefined) => boolean): Mutation {
  return {
    store: (store, { sim }, life) => ({
      ...store,
      replace: async (key, expected, next) => {
        if (!isLate(JSON.parse(next.value).state)) return store.replace(key, expected, next);
        sim.schedule({
          label: "late write",
          owner: life,
          run: () => void store.replace(key, expected, next).catch(() => undefined),
        });
        return true;
      },
    }),
  };
}

/** The defects by name. */
export const mutations: Readonly<Record<string, Mutation>> = {
  "a refund of an unknown charge leaves no tombstone": {
    payment: (handlers, { transactions }) => ({
      ...handlers,
      refund: (request, context) =>
        transactions.records.has(request.transactionId)
          ? handlers.refund(request, context)
          : { refundId: "" },
    }),
  },
  "a cancellation of an unknown shipment leaves no tombstone": {
    shipping: (handlers, { shipments }) => ({
      ...handlers,
      cancelShipment: (request, context) =>
        shipments.records.has(request.shipmentId)
          ? handlers.cancelShipment(request, context)
          : { wasShipped: false },
    }),
  },
  "the order is recorded after the charge": writeLater((state) => state === "charging"),
  "the order is acknowledged before it is recorded as placed": writeLater(
    (state) => state === "placed",
  ),
  "an order is taken over although its lease lasts": {
    store: (store) => {
      const texts = new Map<string, string>();
      const expire = (text: string) => {
        const { lease, ...record } = JSON.parse(text);
        if (!lease) return text;
        const expired = JSON.stringify({ ...record, lease: { ...lease, untilMs: 0 } });
        texts.set(expired, text);
        return expired;
      };
      return {
        ...store,
        get: async (key) => {
          const text = await store.get(key);
          return text && expire(text);
        },
        list: async (tag, options) => (await store.list(tag, options)).map(expire),
        replace: (key, expected, next) =>
          store.replace(key, expected && (texts.get(expected) ?? expected), next),
        remove: (key, expected) => store.remove(key, texts.get(expected) ?? expected),
      };
    },
  },
  "a write does not compare": {
    store: (store, { orders }) => ({
      ...store,
      replace: (key, _expected, next) => store.replace(key, orders.records.get(key)?.value, next),
    }),
  },
  "the charge is refunded before the shipment is known to be cancelled": {
    clients: (clients) => ({
      ...clients,
      shipping: {
        ...clients.shipping,
        cancelShipment: async (request, options) => {
          clients.shipping.cancelShipment(request, options).catch(() => undefined);
          return { wasShipped: false };
        },
      },
    }),
  },
  "a charge has no id": {
    clients: (clients) => ({
      ...clients,
      payment: {
        ...clients.payment,
        charge: ({ amount, creditCard }, options) =>
          clients.payment.charge({ amount, creditCard }, options),
      },
    }),
  },
  "a shipment has no id": {
    clients: (clients) => ({
      ...clients,
      shipping: {
        ...clients.shipping,
        shipOrder: ({ address, items }, options) =>
          clients.shipping.shipOrder({ address, items }, options),
      },
    }),
  },
  "the whole cart is emptied": {
    clients: (clients) => ({
      ...clients,
      cart: {
        ...clients.cart,
        removeItems: ({ userId }, options) => clients.cart.emptyCart({ userId }, options),
      },
    }),
  },
  "items are removed from the cart at each repetition": {
    cart: (handlers) => {
      let count = 0;
      return {
        ...handlers,
        removeItems: (request, context) => {
          count += 1;
          return handlers.removeItems(
            { ...request, orderId: `${request.orderId}-${count}` },
            context,
          );
        },
      };
    },
  },
  "a confirmation counts as accepted before the broker has it": {
    publish: async (publish) => {
      publish().catch(() => undefined);
    },
  },
  "request ids are ignored": {
    request: ({ requestId: _, ...request }) => request,
  },
  "the expected total and the cart's version are ignored": {
    request: ({ expectedTotal: _, cartVersion: __, ...request }) => request,
  },
};
