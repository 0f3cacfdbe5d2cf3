import { SendOrderConfirmationRequest } from "#protos/hipstershop.ts";
import { renderConfirmation } from "./confirmation.ts";
import { checkConfirmationRequest } from "./confirmed-order.ts";

/**
 * Writes the mail of an order, which goes nowhere, so that this code is not run for the first time while
 * checkout waits, as it does where a broker delivers an event before it accepts it.
 */
export function rehearseConfirmation(): void {
  const { order } = checkConfirmationRequest(SendOrderConfirmationRequest.fromJSON(request));
  renderConfirmation(order);
}

const price = { currencyCode: "USD", units: 1n, nanos: 990_000_000 };

const request = SendOrderConfirmationRequest.toJSON({
  email: "rehearsal@hipstershop.example",
  order: {
    orderId: "rehearsal",
    shippingTrackingId: "rehearsal",
    shippingCost: price,
    shippingAddress: { streetAddress: "", city: "", state: "", country: "", zipCode: 0 },
    items: [{ item: { productId: "rehearsal", quantity: 1 }, cost: price }],
    total: undefined,
  },
});
