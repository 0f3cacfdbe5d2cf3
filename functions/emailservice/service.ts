import type { EmailServiceDefinition } from "#protos/hipstershop.ts";
import type { Handlers } from "#runtime/rpc.ts";
import type { Confirm } from "./confirm-once.ts";

/** The handlers of the email service. */
export function createEmailService({
  confirm,
}: {
  confirm: Confirm;
}): Handlers<typeof EmailServiceDefinition> {
  return {
    sendOrderConfirmation: async (request) => {
      await confirm(request);
      return {};
    },
  };
}
