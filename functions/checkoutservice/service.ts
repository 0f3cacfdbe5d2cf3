import type { CheckoutServiceDefinition, PlaceOrderRequest } from "#protos/hipstershop.ts";
import { requireText } from "#runtime/check-input.ts";
import { withoutCancellation } from "#runtime/request-context.ts";
import type { Handlers } from "#runtime/rpc.ts";
import { explainStoreErrors } from "#runtime/store/store-error.ts";
import { withReason } from "./orders/answer.ts";
import { type CheckedOrder, checkOrder, checkUserId } from "./orders/check-order.ts";
import type { Orders } from "./orders/create-orders.ts";

/** The handlers of the checkout service. */
export function createCheckoutService(orders: Orders): Handlers<typeof CheckoutServiceDefinition> {
  return {
    placeOrder: (request, call) => orders.placeOrder(requireValid(request), call),
    getOrder: ({ userId, orderId }) => {
      checkUserId(userId);
      requireText(orderId, "order_id", 256);
      return accessOrders(() => orders.getOrder(userId, orderId));
    },
    listOrders: async ({ userId }) => {
      checkUserId(userId);
      return { orders: await accessOrders(() => orders.listOrders(userId)) };
    },
    sweep: (_request, call) => withoutCancellation(() => accessOrders(() => orders.sweep(call))),
  };
}

function requireValid(request: PlaceOrderRequest): CheckedOrder {
  try {
    return checkOrder(request);
  } catch (error) {
    throw withReason(error, "NOTHING_CHARGED");
  }
}

/** Runs work on orders. Rejects with UNAVAILABLE if their store does not answer. */
export function accessOrders<T>(work: () => Promise<T>): Promise<T> {
  return explainStoreErrors("Can't access order storage.", work);
}
