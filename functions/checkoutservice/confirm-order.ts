import type { SendOrderConfirmationRequest } from "#protos/hipstershop.ts";
import type { EventSink } from "#runtime/deliver-event.ts";
import type { Clients } from "./clients.ts";
import { publishOrderPlaced } from "./order-placed-event.ts";

/** Tells the customer about an order. */
export type ConfirmOrder = (request: SendOrderConfirmationRequest) => Promise<void>;

/**
 * Confirms by an event where there is a sink for it, so that the order does not depend on the mail;
 * by a call to the email service otherwise.
 */
export function createConfirmOrder(sink: EventSink | undefined, clients: Clients): ConfirmOrder {
  if (sink) return (request) => publishOrderPlaced(sink, request);
  return async (request) => {
    await clients.email.sendOrderConfirmation(request);
  };
}
