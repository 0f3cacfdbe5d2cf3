import { SendOrderConfirmationRequest } from "#protos/hipstershop.ts";
import { renderConfirmation } from "./confirmation.ts";
import { checkConfirmationRequest } from "./confirmed-order.ts";
import { loadNodemailer } from "./smtp-mailer.ts";

/**
 * Loads and runs the code that a mail needs, without sending one. A broker may deliver an event before it
 * answers the publisher, so checkout may have to wait until an instance has sent its first mail.
 */
export async function warmUpMail(smtpUrl: URL | undefined): Promise<void> {
  const { order } = checkConfirmationRequest(SendOrderConfirmationRequest.fromJSON(request));
  renderConfirmation(order);
  if (smtpUrl) await loadNodemailer();
}

const price = { currencyCode: "USD", units: 1n, nanos: 990_000_000 };

const request = SendOrderConfirmationRequest.toJSON({
  email: "warm-up@hipstershop.example",
  order: {
    orderId: "warm-up",
    shippingTrackingId: "warm-up",
    shippingCost: price,
    shippingAddress: { streetAddress: "", city: "", state: "", country: "", zipCode: 0 },
    items: [{ item: { productId: "warm-up", quantity: 1 }, cost: price }],
    total: undefined,
  },
});
