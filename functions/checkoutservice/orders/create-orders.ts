import type { Order, PlaceOrderResponse, SweepResponse } from "#protos/hipstershop.ts";
import type { OrderCall } from "./before-deadline.ts";
import type { CheckedOrder } from "./check-order.ts";
import type { OrderContext } from "./hold.ts";
import { KnownAmounts } from "./known-amounts.ts";
import { type AllOrders, type ListAllOptions, listAllOrders } from "./list-all-orders.ts";
import {
  type Forgotten,
  forgetCustomer,
  recordUndelivered,
  resendConfirmation,
} from "./operate-orders.ts";
import { placeOrder } from "./place-order.ts";
import type { OrderPort } from "./port.ts";
import { getOrder, listOrdersOf } from "./read-orders.ts";
import { type SweepOptions, sweepOrders } from "./sweep.ts";

/** The orders of the shop, as one process works on them. */
export interface Orders {
  /** Places an order, as `placeOrder` describes. */
  placeOrder(order: CheckedOrder, call: OrderCall): Promise<PlaceOrderResponse>;
  /** Returns an order of a user, as `getOrder` describes. */
  getOrder(userId: string, orderId: string): Promise<Order>;
  /** Returns the newest orders of a user. */
  listOrders(userId: string): Promise<Order[]>;
  /** Lists orders of all customers. */
  listAllOrders(options: ListAllOptions): Promise<AllOrders>;
  /** Finishes the orders whose process stopped, as `sweepOrders` describes. */
  sweep(options?: SweepOptions): Promise<SweepResponse>;
  /** Records a dead letter, as `recordUndelivered` describes. */
  recordUndelivered(orderId: string, reason: string): Promise<void>;
  /** Delivers a confirmation again, as `resendConfirmation` describes. */
  resendConfirmation(orderId: string): Promise<Order>;
  /** Removes the personal data of a customer, as `forgetCustomer` describes. */
  forgetCustomer(email: string): Promise<Forgotten>;
  /** Ends the leases of this process, so that others can continue its orders at once. */
  release(): Promise<void>;
}

/** Creates the orders. All effects go through the port. */
export function createOrders(port: OrderPort): Orders {
  const context: OrderContext = { ...port, holds: new Set(), amounts: new KnownAmounts() };
  return {
    placeOrder: (order, call) => placeOrder(context, order, call),
    getOrder: (userId, orderId) => getOrder(context, userId, orderId),
    listOrders: (userId) => listOrdersOf(context, userId),
    listAllOrders: (options) => listAllOrders(context, options),
    sweep: (options) => sweepOrders(context, options),
    recordUndelivered: (orderId, reason) => recordUndelivered(context, orderId, reason),
    resendConfirmation: (orderId) => resendConfirmation(context, orderId),
    forgetCustomer: (email) => forgetCustomer(context, email),
    release: async () => {
      await Promise.all([...context.holds].map((hold) => hold.release()));
    },
  };
}
