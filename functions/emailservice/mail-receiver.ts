import { orderPlaced, prewarm } from "#protos/events.ts";
import type { HttpHandler } from "#runtime/answer-http.ts";
import { createEventReceiver, readData } from "#runtime/event-receiver.ts";
import { log } from "#runtime/log.ts";
import type { ConfirmOrder } from "./confirm-order.ts";

/** The actions that order-placed and prewarm events start. */
interface EventActions {
  readonly confirmOrder: ConfirmOrder;
  readonly warmUp: () => Promise<void>;
}

/** Confirms an order for each order-placed event, and warms up for each prewarm event. */
export function createMailReceiver({ confirmOrder, warmUp }: EventActions): HttpHandler {
  return createEventReceiver({
    [orderPlaced.type]: (event) => confirmOrder(readData(orderPlaced, event)),
    // A failure is not answered with an error: another delivery would not help.
    [prewarm.type]: () =>
      warmUp().catch((error: unknown) => log.warn("the warm-up failed", { error })),
  });
}
