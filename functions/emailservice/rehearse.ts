import { SendOrderConfirmationRequest } from "#protos/hipstershop.ts";
import { renderConfirmation } from "./confirmation.ts";
import { checkConfirmationRequest } from "./confirmed-order.ts";
import { parseEvent } from "./parse-event.ts";

/**
 * Reads an order's event and writes its mail, which goes nowhere, so that this code is not run for the
 * first time while checkout waits, as it does where a broker delivers before it accepts (see
 * ORDER_EVENTS_RECEIVER).
 */
export async function rehearseConfirmation(): Promise<void> {
  const headers = {
    "content-type": "application/json",
    "ce-id": "rehearsal",
    "ce-source": "/emailservice",
    "ce-specversion": "1.0",
    "ce-type": "com.hipstershop.rehearsal",
  };
  const { data } = await parseEvent(headers, Buffer.from(JSON.stringify(request)));
  const { order } = checkConfirmationRequest(SendOrderConfirmationRequest.fromJSON(data));
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
