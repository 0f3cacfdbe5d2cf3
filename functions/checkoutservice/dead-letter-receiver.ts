import type { CloudEvent } from "cloudevents";
import { orderPlaced } from "#protos/events.ts";
import type { HttpHandler } from "#runtime/answer-http.ts";
import { createEventReceiver } from "#runtime/event-receiver.ts";

/** Records that the confirmation of an order was not delivered, with the reason for operators. */
export type RecordUndelivered = (orderId: string, reason: string) => Promise<void>;

/**
 * Receives order-placed events that a broker could not deliver, as Knative's Triggers and the local broker
 * send them to a dead-letter sink: the event with extensions for the last failure.
 */
export function createDeadLetterReceiver(recordUndelivered: RecordUndelivered): HttpHandler {
  return createEventReceiver({
    [orderPlaced.type]: (event) => recordUndelivered(event.id, describeFailure(event)),
  });
}

// Control characters would break a line of the log or of a terminal.
const unprintable = /\p{Cc}+/gu;

function describeFailure({ knativeerrorcode, knativeerrordata }: CloudEvent<unknown>): string {
  const data = typeof knativeerrordata === "string" ? knativeerrordata : "";
  // Knative's channels encode the body of the last answer in base64.
  const text = Buffer.from(data, "base64").toString().replaceAll(unprintable, " ").trim();
  const code = `HTTP status ${knativeerrorcode ?? "unknown"}`;
  return text === "" ? code : `${code}: ${text}`;
}
