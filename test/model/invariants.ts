import type { PlaceOrderResponse } from "#protos/hipstershop.ts";
import { nanosOf } from "#runtime/money.ts";
import {
  isPlaced,
  type OrderRecord,
  resultOf,
} from "../../functions/checkoutservice/orders/order-record.ts";
import { amountOf, recordRules, totalOf } from "../fixtures/order-records.ts";
import type { Shop } from "./shop.ts";
import { type Attempt, cardNumber, type Visitors } from "./visitors.ts";

/** The end of a run, when everything works again and all messages have arrived. */
export interface Outcome {
  /** The shop. */
  readonly shop: Shop;
  /** The visitors. */
  readonly visitors: Visitors;
  /** Whether processes crashed, and messages failed, got lost or were very late. */
  readonly hasFaults: boolean;
  /** The journal. */
  readonly orders: readonly OrderRecord[];
  /** Its placed orders. */
  readonly placed: readonly OrderRecord[];
}

/** A rule: it returns one line for each violation. */
type Invariant = (outcome: Outcome) => readonly string[];

/** Reads the end of a run. */
export function readOutcome(shop: Shop, visitors: Visitors, hasFaults: boolean): Outcome {
  const orders = shop.orders.list() as unknown as OrderRecord[];
  return { shop, visitors, hasFaults, orders, placed: orders.filter(isPlaced) };
}

function isAccepted(attempt: Attempt): attempt is Attempt & { answer: PlaceOrderResponse } {
  return attempt.answer !== undefined && !(attempt.answer instanceof Error);
}

// `received`, `charged` and `shipped` are written together with the next state.
const transitions: Readonly<Record<string, readonly string[]>> = {
  none: ["charging"],
  charging: ["shipping", "cancelling", "none"],
  shipping: ["placed", "cancelling"],
  placed: ["confirmed"],
  // A dead letter, or an operator who sends the confirmation again.
  confirmed: ["placed"],
  cancelling: ["refunded", "failed"],
};

// A refused charge that was retried has an unknown outcome.
const refusedCard = "INVALID_ARGUMENT";

/** The rules by name. */
export const invariants: Readonly<Record<string, Invariant>> = {
  ...Object.fromEntries(
    Object.entries(recordRules).map(([name, check]) => [
      name,
      ({ shop, orders }: Outcome) =>
        check({
          orders,
          transactions: new Map(shop.transactions.entries()),
          shipments: new Map(shop.shipments.entries()),
        }),
    ]),
  ),

  "charges minus refunds are the placed totals": ({ shop, placed }) => {
    let charged = 0n;
    for (const { from, to } of shop.transactions.changes) {
      if (to?.state === "charged" && from?.state !== "charged") charged += amountOf(to);
      if (to?.state === "refunded" && from?.state !== "refunded") charged -= amountOf(to);
    }
    const ordered = placed.reduce((sum, order) => sum + totalOf(order), 0n);
    return charged === ordered ? [] : [`${charged} nanos were charged, ${ordered} were ordered`];
  },

  "an acknowledged order is placed": ({ visitors, placed }) =>
    visitors.attempts
      .filter(isAccepted)
      .filter(({ answer }) => !placed.some(({ orderId }) => orderId === answer.order?.orderId))
      .map(({ answer }) => `${answer.order?.orderId} was acknowledged and is not placed`),

  "an order that was answered as undone is not placed": ({ visitors, placed }) =>
    visitors.attempts.flatMap(({ answer }) => {
      if (!(answer instanceof Error) || answer.info?.reason === "OUTCOME_PENDING") return [];
      const id = answer.info?.metadata.order_id;
      return placed.some(({ orderId }) => orderId === id) ? [`${id}: ${answer.info?.reason}`] : [];
    }),

  "a request id gives one order": ({ visitors }) =>
    visitors.attempts
      .filter(isAccepted)
      .filter(({ orderId, answer }) => orderId !== undefined && orderId !== answer.order?.orderId)
      .map(({ orderId, answer }) => `${orderId} was answered with ${answer.order?.orderId}`),

  "an order has the content and the total of its form": ({ visitors, placed }) =>
    visitors.attempts.flatMap(({ orderId: id, form }) => {
      const order = placed.find(({ orderId }) => orderId === id);
      if (!order || !form.expectedTotal) return [];
      const isSame = nanosOf(form.expectedTotal) === totalOf(order);
      return isSame ? [] : [`${id} costs ${totalOf(order)} nanos`];
    }),

  "a form is not refused once its order is placed": ({ shop, visitors, placed }) =>
    visitors.attempts.flatMap(({ orderId: id, answer, hasGoodCard, handledAt = 0 }) => {
      const isRefused = answer instanceof Error && answer.info?.reason === "NOTHING_CHARGED";
      if (!isRefused || !hasGoodCard || !placed.some(({ orderId }) => orderId === id)) return [];
      const placement = shop.orders.changes.find(
        ({ key, to }) => key === id && to?.state === "placed",
      );
      return placement && placement.at < handledAt ? [`${id}: ${answer.message}`] : [];
    }),

  "states change as documented": ({ shop }) =>
    shop.orders.changes
      .filter(({ from, to }) => from?.state !== to?.state)
      .filter(({ from, to }) => !transitions[from?.state ?? "none"]?.includes(to?.state ?? "none"))
      .map(({ key, from, to }) => `${key} changed from ${from?.state} to ${to?.state}`),

  "carts lose nothing": ({ shop, visitors, placed }) =>
    [...visitors.added].flatMap(([key, added]) => {
      const [userId = "", productId = ""] = key.split(" ");
      const orders = placed.filter((order) => order.userId === userId);
      const ordered = orders
        .flatMap((order) => resultOf(order).items)
        .filter(({ item }) => item?.productId === productId)
        .reduce((sum, { item }) => sum + (item?.quantity ?? 0), 0);
      const left = shop.carts.quantityOf(userId, productId);
      // Two orders of the same cart contain an item twice.
      const isLost = left < added - ordered;
      const isKept = orders.length <= 1 && left > added - ordered;
      return isLost || isKept
        ? [`${key}: ${added} were added, ${ordered} ordered, and ${left} are in the cart`]
        : [];
    }),

  "the mail of a placed order is sent, or the order is listed": ({ shop, placed }) =>
    placed
      .filter(
        ({ orderId, confirmationFailure }) =>
          !shop.mailed.has(orderId) && confirmationFailure === undefined,
      )
      .map(({ orderId }) => `${orderId} has no mail`),

  "no store contains card data": ({ shop }) =>
    [shop.orders, shop.transactions, shop.shipments]
      .flatMap(({ texts }) => texts)
      .filter(
        (text) =>
          /"\w*(?:card|cvv|brand)\w*":/i.test(text) ||
          text.replace(/[ -]/g, "").includes(cardNumber),
      ),

  "an order is only undone after a fault": ({ hasFaults, orders }) =>
    hasFaults
      ? []
      : orders
          .filter((order) => !isPlaced(order) && order.failure?.code !== refusedCard)
          .map(({ orderId, state, failure }) => `${orderId} is ${state}: ${failure?.message}`),

  "no answer reports a defect": ({ visitors }) => [
    ...visitors.defects,
    ...visitors.attempts.flatMap(({ answer }) =>
      answer instanceof Error && ["INTERNAL", "UNKNOWN"].includes(answer.code)
        ? [`${answer.code}: ${answer.message}`]
        : [],
    ),
  ],
};
