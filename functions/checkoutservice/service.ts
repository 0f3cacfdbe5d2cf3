import type { CheckoutServiceDefinition } from "#protos/hipstershop.ts";
import type { Handlers } from "#runtime/rpc.ts";
import { checkOrder } from "./check-order.ts";
import { type OrderOptions, placeOrder } from "./place-order.ts";

/** The handlers of the checkout service. */
export function createCheckoutService(
  options: OrderOptions,
): Handlers<typeof CheckoutServiceDefinition> {
  return {
    placeOrder: async (request, context) => ({
      order: await placeOrder(options, checkOrder(request), context),
    }),
  };
}
