import type { IncomingMessage, ServerResponse } from "node:http";
import { SpanKind } from "@opentelemetry/api";
import { SendOrderConfirmationRequest } from "#protos/hipstershop.ts";
import { quote } from "#runtime/check-input.ts";
import type { HttpHandler } from "#runtime/http-server.ts";
import { log } from "#runtime/log.ts";
import { prewarmEventType } from "#runtime/prewarm-event.ts";
import { httpStatusOf, StatusError, toStatusError } from "#runtime/status.ts";
import { withSpan } from "#runtime/tracing.ts";
import type { Confirm } from "./confirm-once.ts";
import { mediaTypeOf, parseEvent, type ReceivedEvent, structuredType } from "./parse-event.ts";
import { readBody } from "./read-body.ts";

/** The type of the event that checkout publishes for each order. */
export const orderPlacedType = "com.hipstershop.order.placed.v1";

// As much as the same message may have as a gRPC request.
const maxBytes = 4 * 1024 * 1024;

/** What is done about an event. */
export interface EventActions {
  /** Confirms the order that was placed. */
  readonly confirm: Confirm;
  /** Loads ahead what an order needs, when a wake says that one may come. */
  readonly preload: () => Promise<void>;
}

/**
 * Takes order-placed CloudEvents, and wakes, as POST to `/`. 204 means confirmed; a 5xx answer asks
 * the broker to deliver the event again, a 4xx one tells it that this would not help (Knative
 * Eventing, delivery specification).
 */
export function createEventReceiver(actions: EventActions): HttpHandler {
  return async (request, response, { setRoute }) => {
    const path = (request.url ?? "").split("?", 1)[0];
    if (path !== "/") return refuse(response, 404, `${path} is not served here: events go to /`);
    setRoute("/");
    if (request.method !== "POST") {
      response.setHeader("allow", "POST");
      return refuse(response, 405, `${request.method} is not allowed here: events come by POST`);
    }
    const mediaType = mediaTypeOf(request.headers);
    if (mediaType !== structuredType && mediaType !== "application/json") {
      const rule = `expected application/json or ${structuredType}`;
      return refuse(response, 415, `the content type is ${quote(mediaType)}: ${rule}`);
    }
    const body = await readBody(request, maxBytes);
    if (!body) return refuse(response, 413, `the body has more than ${maxBytes} bytes`);
    return answer(request, response, body, actions);
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
  { confirm, preload }: EventActions,
): Promise<void> {
  try {
    const event = await parseEvent(request.headers, body);
    if (event.type === prewarmEventType) {
      // To deliver it again would not help.
      await preload().catch((error: unknown) => log.warn("could not preload", { error }));
      return void response.writeHead(204).end();
    }
    if (event.type !== orderPlacedType) {
      const rule = `this function takes ${orderPlacedType} and ${prewarmEventType}`;
      return refuse(response, 422, `the event's type is ${quote(event.type)}: ${rule}`);
    }
    await processEvent(event, request.headers.traceparent !== undefined, confirm);
    response.writeHead(204).end();
  } catch (error) {
    const status = toStatusError(error);
    const isOurs = httpStatusOf(status.code) >= 500;
    const fields = { grpc_code: status.code, error: isOurs ? status.cause : undefined };
    if (isOurs) log.warn(`an event was not processed: ${status.message}`, fields);
    else log.info(`an event was refused: ${status.message}`, fields);
    refuse(response, httpStatusOf(status.code), status.message);
  }
}

function processEvent(event: ReceivedEvent, hasTrace: boolean, confirm: Confirm): Promise<void> {
  const attributes = {
    "cloudevents.event_id": event.id,
    "cloudevents.event_source": event.source,
    "cloudevents.event_type": event.type,
  };
  // The headers' trace runs through the broker and ends in this request's span. Where a broker
  // sends none, the event itself knows the trace of its publisher.
  const parentHeaders =
    hasTrace || event.traceparent === undefined
      ? {}
      : { parentHeaders: { traceparent: event.traceparent } };
  const options = { kind: SpanKind.CONSUMER, attributes, ...parentHeaders };
  return withSpan(`process ${event.type}`, options, () => confirm(readOrder(event.data)));
}

function readOrder(data: unknown): SendOrderConfirmationRequest {
  if (typeof data !== "object" || data === null) {
    throw new StatusError("INVALID_ARGUMENT", "the event has no order as its data");
  }
  try {
    return SendOrderConfirmationRequest.fromJSON(data);
  } catch (cause) {
    const message = "the event's data is no SendOrderConfirmationRequest";
    throw new StatusError("INVALID_ARGUMENT", message, { cause });
  }
}

function refuse(response: ServerResponse, status: number, sentence: string): void {
  // Read and dropped: closing on a caller that still writes would lose it the answer.
  response.req.resume();
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" });
  response.end(`${sentence}\n`);
}
