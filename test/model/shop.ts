import {
  CartServiceDefinition,
  type Money,
  PaymentServiceDefinition,
  type SendOrderConfirmationRequest,
  ShippingServiceDefinition,
} from "#protos/hipstershop.ts";
import type { Client, Handlers } from "#runtime/rpc.ts";
import { StatusError } from "#runtime/status.ts";
import { createCartService } from "../../functions/cartservice/service.ts";
import { usd } from "../../functions/checkoutservice/fixtures/serve-dependencies.ts";
import { createLedger } from "../../functions/paymentservice/ledger.ts";
import { createPaymentService } from "../../functions/paymentservice/service.ts";
import { createShippingService } from "../../functions/shippingservice/service.ts";
import { createShipments } from "../../functions/shippingservice/shipments.ts";
import { createModelClient } from "./call.ts";
import { Carts } from "./carts.ts";
import { bootCheckout, type Checkout } from "./checkout.ts";
import type { Mutation } from "./mutations.ts";
import { send } from "./network.ts";
import { Server } from "./server.ts";
import { type Life, Simulation } from "./simulation.ts";
import { Storage } from "./stores.ts";

/** How long records are kept, in milliseconds. */
export const retentionMs = 90 * 24 * 3_600_000;

/** The products of the model. */
export const products = ["A", "B"] as const;

/** Clients of the functions whose calls have effects. */
export interface ModelClients {
  /** Its processes crash, and their answers get lost. */
  readonly cart: Client<CartServiceDefinition>;
  /** As `cart`. */
  readonly payment: Client<PaymentServiceDefinition>;
  /** As `cart`. */
  readonly shipping: Client<ShippingServiceDefinition>;
}

/**
 * The shop: the real code of checkout, payment, shipping and cart in processes that crash, over stores that
 * survive; a broker and a mail server.
 */
export class Shop {
  /** The scheduler of all processes. */
  readonly sim: Simulation;
  /** The journal of checkout. */
  readonly orders: Storage;
  /** The ledger of payment. */
  readonly transactions: Storage;
  /** The shipments. */
  readonly shipments: Storage;
  /** The carts. */
  readonly carts: Carts;
  /** The ids of the orders whose confirmation the broker has accepted. */
  readonly accepted = new Set<string>();
  /** The ids of the orders whose mail was sent. */
  readonly mailed = new Set<string>();
  /** The prices in US dollars by product. */
  readonly prices = new Map<string, Money>([
    ["A", usd(19, 99)],
    ["B", usd(8, 49)],
  ]);
  /** Two instances of checkout. */
  readonly checkouts: readonly [Server<Checkout>, Server<Checkout>];
  /** The process of paymentservice. */
  readonly payment: Server<Handlers<PaymentServiceDefinition>>;
  /** The process of shippingservice. */
  readonly shipping: Server<Handlers<ShippingServiceDefinition>>;
  /** The process of cartservice. */
  readonly cart: Server<Handlers<CartServiceDefinition>>;
  /** The defect of this shop; undefined for the real one. */
  readonly mutation: Mutation;
  // The broker does not crash: its own durability is not part of the model.
  readonly #broker: Life = { name: "broker", isOver: false };

  constructor({
    isTraced = false,
    mutation = {},
  }: { isTraced?: boolean; mutation?: Mutation } = {}) {
    const sim = new Simulation({ isTraced });
    this.sim = sim;
    this.mutation = mutation;
    this.orders = new Storage(sim, "orders");
    this.transactions = new Storage(sim, "transactions");
    this.shipments = new Storage(sim, "shipments");
    this.carts = new Carts();
    this.payment = new Server(sim, "payment", (life) => {
      const store = this.transactions.open(life);
      const ledger = createLedger({ store, retentionMs, now: sim.now });
      const service = createPaymentService({ ledger, now: sim.now, newTransactionId: sim.newId });
      return mutation.payment?.(service, this) ?? service;
    });
    this.shipping = new Server(sim, "shipping", (life) => {
      const store = this.shipments.open(life);
      const shipments = createShipments({ store, retentionMs, now: sim.now });
      const service = createShippingService(shipments, () => 0.5);
      return mutation.shipping?.(service, this) ?? service;
    });
    this.cart = new Server(sim, "cart", () => {
      const service = createCartService(this.carts.open());
      return mutation.cart?.(service) ?? service;
    });
    const boot = (life: Life) => bootCheckout(this, life);
    this.checkouts = [new Server(sim, "checkout 1", boot), new Server(sim, "checkout 2", boot)];
  }

  /** The processes that crash, in the order of `crashing`. */
  get servers(): readonly Server<unknown>[] {
    return [...this.checkouts, this.payment, this.shipping, this.cart];
  }

  /** The clients of a process. */
  clientsOf(life: Life): ModelClients {
    const { sim, cart, payment, shipping } = this;
    return {
      cart: createModelClient(sim, life, "cart", CartServiceDefinition, cart),
      payment: createModelClient(sim, life, "payment", PaymentServiceDefinition, payment),
      shipping: createModelClient(sim, life, "shipping", ShippingServiceDefinition, shipping),
    };
  }

  /** Publishes the confirmation of an order: the broker accepts it, and delivers it afterwards. */
  publish(life: Life, { order }: SendOrderConfirmationRequest): Promise<void> {
    const orderId = order?.orderId ?? "";
    return send(this.sim, {
      from: life,
      label: "event",
      timeoutMs: 10_000,
      canRepeat: true,
      serve: async () => {
        this.accepted.add(orderId);
        this.#deliver(orderId);
      },
    });
  }

  // Receivers recognize a repeated delivery by its id. A delivery that fails for good goes to checkout, as
  // often as checkout needs to accept it.
  #deliver(orderId: string): void {
    const { sim } = this;
    sim.schedule({
      label: "mail",
      owner: undefined,
      run: () => this.mailed.add(orderId),
      fail: () => this.#sendDeadLetter(orderId, 0),
    });
  }

  #sendDeadLetter(orderId: string, instance: number): void {
    const checkout = this.checkouts[instance % 2] ?? this.checkouts[0];
    send(this.sim, {
      from: this.#broker,
      label: "dead letter",
      timeoutMs: 10_000,
      canRepeat: true,
      serve: () => checkout.serve((handlers) => handlers.recordUndelivered(orderId)),
    }).catch((error: unknown) => {
      if (!(error instanceof StatusError)) throw error;
      this.#sendDeadLetter(orderId, instance + 1);
    });
  }
}
