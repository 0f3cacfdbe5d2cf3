import type { EmailServiceDefinition } from "#protos/hipstershop.ts";
import type { Handlers } from "#runtime/rpc.ts";
import type { ConfirmOrder } from "./confirm-order.ts";

/** The handlers of the email service. */
export function createEmailService(
  confirmOrder: ConfirmOrder,
): Handlers<typeof EmailServiceDefinition> {
  return {
    sendOrderConfirmation: async (request) => {
      await confirmOrder(request);
      return {};
    },
  };
}
