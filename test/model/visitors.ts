import type { PlaceOrderRequest, PlaceOrderResponse } from "#protos/hipstershop.ts";
import { sumMoney } from "#runtime/money.ts";
import { orderIdOf } from "#runtime/order-id.ts";
import { type StatusError, toStatusError } from "#runtime/status.ts";
import {
  card,
  makeOrderRequest,
  usd,
} from "../../functions/checkoutservice/fixtures/serve-dependencies.ts";
import { createCallContext, overTheWire } from "./call.ts";
import type { Checkout } from "./checkout.ts";
import { Forms } from "./forms.ts";
import { send } from "./network.ts";
import { products, type Shop } from "./shop.ts";
import type { Life } from "./simulation.ts";
import type { OrderStep } from "./steps.ts";

/** A sent order form and its answer. */
export interface Attempt {
  /** Who sent it. */
  readonly userId: string;
  /** The order's id, which the visitor derives; undefined without a request id. */
  readonly orderId: string | undefined;
  /** What the visitor saw and sent. */
  readonly form: PlaceOrderRequest;
  /** Whether the card is accepted. */
  readonly hasGoodCard: boolean;
  /** The answer; undefined before it arrives. */
  answer?: PlaceOrderResponse | StatusError;
  /** How many tasks were taken before checkout sent the answer; undefined if another sent it. */
  handledAt?: number | undefined;
  /** Stops waiting. */
  cancel(): void;
}

/** The visitors: what they put into their carts, and the forms that they sent. */
export class Visitors {
  /** All sent forms, oldest first. */
  readonly attempts: Attempt[] = [];
  /** How many of a product a user ever added, by user and product. */
  readonly added = new Map<string, number>();
  /** Answers of the administration that no fault explains. */
  readonly defects: string[] = [];
  readonly #shop: Shop;
  readonly #forms: Forms;
  readonly #life: Life = { name: "visitor", isOver: false };

  constructor(shop: Shop) {
    this.#shop = shop;
    this.#forms = new Forms(shop);
  }

  /** The key of `added`. */
  static keyOf(userId: string, productId: string): string {
    return `${userId} ${productId}`;
  }

  /** Adds one piece of a product to a cart. */
  async add(user: number, product: number): Promise<void> {
    const userId = `user-${user}`;
    const productId = products[product] ?? products[0];
    await this.#shop.carts.open().addItem(userId, productId, 1);
    const key = Visitors.keyOf(userId, productId);
    this.added.set(key, (this.added.get(key) ?? 0) + 1);
  }

  /** Sends a form. Its answer is recorded in `attempts`. */
  async order(step: OrderStep): Promise<void> {
    const { sim, checkouts } = this.#shop;
    const form = await this.#forms.open(step);
    const creditCard = {
      ...card,
      creditCardNumber: step.hasGoodCard ? cardNumber : "4432801561520455",
    };
    const { userId, requestId } = form;
    const sent = { ...form, creditCard };
    const request = this.#shop.mutation.request?.(sent) ?? sent;
    const controller = new AbortController();
    const deadline = new Date(sim.now() + step.patienceMs);
    const label = `${userId} orders`;
    const context = createCallContext(label, { signal: controller.signal, deadline });
    // The cancellation is a message, too.
    const cancel = () =>
      sim.schedule({
        label: `${label} cancels`,
        owner: undefined,
        run: () => controller.abort(),
        canLose: true,
      });
    const orderId = requestId === undefined ? undefined : orderIdOf(userId, requestId);
    const { hasGoodCard } = step;
    const attempt: Attempt = { userId, orderId, form, hasGoodCard, cancel };
    this.attempts.push(attempt);
    const server = checkouts[step.instance === 0 ? 0 : 1];
    const handledAt = new WeakMap<StatusError, number>();
    send(sim, {
      from: this.#life,
      label,
      timeoutMs: step.patienceMs,
      canRepeat: requestId !== undefined,
      onTimeout: cancel,
      serve: () =>
        server
          .serve((handlers) => handlers.placeOrder(request, context))
          .catch((error: unknown) => {
            const status = overTheWire(error);
            handledAt.set(status, sim.taken);
            throw status;
          }),
    }).then(
      (response) => {
        sim.record(`${label}: ${response.order?.orderId}`);
        attempt.answer = response;
      },
      (error: unknown) => {
        const status = toStatusError(error);
        sim.record(`${label}: ${status.code} ${status.info?.reason ?? ""} ${status.message}`);
        attempt.answer = status;
        attempt.handledAt = handledAt.get(status);
      },
    );
  }

  /** Raises a price by a dollar. */
  raisePrice(product: number): void {
    const { prices } = this.#shop;
    const productId = products[product] ?? products[0];
    prices.set(productId, sumMoney(prices.get(productId) ?? usd(0), usd(1)));
  }

  /** Ends the leases of an instance, as its shutdown does; the process still works meanwhile. */
  drain(instance: number): void {
    const server = this.#shop.checkouts[instance === 0 ? 0 : 1];
    if (server.isRunning) void server.start().release();
  }

  /** Calls Sweep. */
  sweep(instance: number): void {
    this.#call("sweep", instance, (checkout) => checkout.sweep({}, createCallContext("sweep")));
  }

  /** Asks for a user's orders. */
  look(user: number, instance: number): void {
    const request = { userId: `user-${user}` };
    this.#call("look", instance, (checkout) =>
      checkout.listOrders(request, createCallContext("look")),
    );
  }

  /** Sends the confirmations again that were not delivered. */
  resend(instance: number): void {
    for (const { orderId, confirmationFailure } of this.#shop.orders.list()) {
      if (confirmationFailure === undefined) continue;
      this.#call("resend", instance, (checkout) => checkout.resend(String(orderId)));
    }
  }

  /** Removes the personal data of all visitors, who share an address. */
  forget(instance: number): void {
    this.#call("forget", instance, (checkout) => checkout.forget(makeOrderRequest().email));
  }

  #call<T>(label: string, instance: number, work: (checkout: Checkout) => Promise<T> | T): void {
    const { sim, checkouts } = this.#shop;
    const server = checkouts[instance === 0 ? 0 : 1];
    send(sim, {
      from: this.#life,
      label,
      timeoutMs: 60_000,
      canRepeat: true,
      serve: () => server.serve(work),
    }).catch((error: unknown) => {
      const { code, message } = toStatusError(error);
      sim.record(`${label}: ${code} ${message}`);
      if (code === "INTERNAL") this.defects.push(`${label}: ${message}`);
    });
  }
}

/** The number of the accepted card, which no store may contain. */
export const cardNumber = "4432801561520454";
