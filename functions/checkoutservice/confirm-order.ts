import { orderPlaced } from "#protos/events.ts";
import type { SendOrderConfirmationRequest } from "#protos/hipstershop.ts";
import { createEvent, writeEvent } from "#runtime/cloud-event.ts";
import type { EventSink } from "#runtime/deliver-event.ts";
import type { Clients } from "./clients.ts";

/** Confirms an order to the customer. Rejects with a StatusError if that fails. */
export type ConfirmOrder = (request: SendOrderConfirmationRequest) => Promise<void>;

// A broker may deliver the event before it answers, with all its retries, and may give up if its caller does.
// Therefore an attempt can take long; the lease of the order is renewed meanwhile.
const delivery = { timeoutMs: 60_000, pausesMs: [100, 400, 1600, 6400] };

/**
 * Confirms orders by an order-placed event if a sink is given, so that the order does not depend on the
 * email service; otherwise by a call to that service. The order id is the event's id: receivers recognize
 * a repeated delivery by it.
 */
export function createConfirmOrder(sink: EventSink | undefined, { email }: Clients): ConfirmOrder {
  if (sink) return (request) => sink.publish(orderPlaced, describe(request), delivery);
  return async (request) => {
    await email.sendOrderConfirmation(request);
  };
}

/** Loads and runs the code that writes an event, without sending one. */
export async function warmUpEvents(): Promise<void> {
  await writeEvent(await createEvent(orderPlaced, describe({ email: "", order: undefined })));
}

function describe(request: SendOrderConfirmationRequest) {
  const id = request.order?.orderId ?? "warm-up";
  return { id, publisher: "checkoutservice", subject: id, data: request };
}
