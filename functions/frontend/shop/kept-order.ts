import type { Order, OrderResult } from "#protos/hipstershop.ts";

/** An order that checkout keeps, with its content. */
export interface KeptOrder extends Order {
  /** Number, items and amounts. */
  readonly order: OrderResult;
}
