import { OrderState } from "#protos/hipstershop.ts";

/** What an order's state means to the customer. */
export type Outcome = "placed" | "charging" | "shipping" | "cancelling" | "refunded" | "failed";

/** The outcome so far. A state that this release does not know counts as one with an open outcome. */
export function outcomeOf(state: OrderState): Outcome {
  switch (state) {
    case OrderState.ORDER_STATE_CHARGED:
    case OrderState.ORDER_STATE_SHIPPING:
    case OrderState.ORDER_STATE_SHIPPED:
      return "shipping";
    case OrderState.ORDER_STATE_PLACED:
    case OrderState.ORDER_STATE_CONFIRMED:
      return "placed";
    case OrderState.ORDER_STATE_CANCELLING:
      return "cancelling";
    case OrderState.ORDER_STATE_REFUNDED:
      return "refunded";
    case OrderState.ORDER_STATE_FAILED:
      return "failed";
    default:
      return "charging";
  }
}

/** Whether the outcome is not known yet. */
export function isOpen(outcome: Outcome): boolean {
  return outcome === "charging" || outcome === "shipping" || outcome === "cancelling";
}

/** An outcome in a few words, for lists and page titles. */
export const outcomeLabels: Readonly<Record<Outcome, string>> = {
  placed: "Order placed",
  charging: "Order in progress",
  shipping: "Order in progress",
  cancelling: "Order being cancelled",
  refunded: "Order refunded",
  failed: "Order not placed",
};
