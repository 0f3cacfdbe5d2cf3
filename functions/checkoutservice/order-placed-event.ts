import { orderPlaced } from "#protos/events.ts";
import type { SendOrderConfirmationRequest } from "#protos/hipstershop.ts";
import { createEvent, writeEvent } from "#runtime/cloud-event.ts";
import type { EventSink } from "#runtime/deliver-event.ts";

// One attempt may take 5 s: a broker delivers the event before it answers.
const delivery = { timeoutMs: 5000, pausesMs: [100, 400] };

/**
 * Publishes that an order was placed. The order id is the event's id, so that receivers recognize a
 * repeated attempt as the same event.
 *
 * @throws StatusError UNAVAILABLE if the sink accepts the event at no attempt
 */
export function publishOrderPlaced(
  sink: EventSink,
  request: SendOrderConfirmationRequest,
): Promise<void> {
  return sink.publish(orderPlaced, describe(request), delivery);
}

/** Loads and runs the code that writes an event, without sending one. */
export async function warmUpOrderPlaced(): Promise<void> {
  await writeEvent(await createEvent(orderPlaced, describe({ email: "", order: undefined })));
}

function describe(request: SendOrderConfirmationRequest) {
  const id = request.order?.orderId ?? "warm-up";
  return { id, publisher: "checkoutservice", subject: id, data: request };
}
