import type { IncomingMessage } from "node:http";
import { SpanKind } from "@opentelemetry/api";
import type { CloudEvent } from "cloudevents";
import type { EventDefinition } from "#protos/events.ts";
import type { HttpHandler } from "./answer-http.ts";
import { quote } from "./check-input.ts";
import { jsonDataOf, readEvent, spanAttributesOf } from "./cloud-event.ts";
import { log } from "./log.ts";
import { maxMessageBytes } from "./max-message.ts";
import { readBody } from "./read-body.ts";
import { RequestError, toRequestError } from "./request-error.ts";
import { sendEarly } from "./send-early.ts";
import { withSpan } from "./tracing.ts";

/**
 * Processes an event. A rejection is answered with its HTTP status: a RequestError with its own, a
 * StatusError with that of its code, anything else with 500.
 */
export type EventHandler = (event: CloudEvent<unknown>) => Promise<void>;

/**
 * Receives CloudEvents, each as POST to `/`, for the handler of its type. 204 confirms that the event was
 * processed. On a 5xx status the sender delivers the event again, on a 4xx status other than 404, 408, 409
 * and 429 it does not (Knative Eventing, delivery specification).
 *
 * @param handlers the handlers by the `type` attribute of events
 */
export function createEventReceiver(handlers: Readonly<Record<string, EventHandler>>): HttpHandler {
  return async (request, response, { setRoute }) => {
    try {
      const path = (request.url ?? "").split("?", 1)[0];
      if (path !== "/") throw new RequestError(404, `${path} is not served here: send events to /`);
      setRoute("/");
      if (request.method !== "POST") {
        response.setHeader("allow", "POST");
        throw new RequestError(405, `${request.method} is not allowed here: send events by POST`);
      }
      await receive(request, handlers);
      response.writeHead(204).end();
    } catch (error) {
      const { status, message, cause } = toRequestError(error);
      if (status >= 500)
        log.warn(`an event was not processed: ${message}`, { status, error: cause });
      else log.info(`an event was refused: ${message}`, { status });
      sendEarly(request, response, status, message);
    }
  };
}

async function receive(
  request: IncomingMessage,
  handlers: Readonly<Record<string, EventHandler>>,
): Promise<void> {
  const event = await readEvent(request.headers, await readBody(request, maxMessageBytes));
  const handle = Object.hasOwn(handlers, event.type) ? handlers[event.type] : undefined;
  if (!handle) {
    const rule = `expected ${Object.keys(handlers).join(" or ")}`;
    throw new RequestError(422, `the event's type is ${quote(event.type)}: ${rule}`);
  }
  const options = {
    kind: SpanKind.CONSUMER,
    attributes: spanAttributesOf(event),
    // The trace of the request includes the broker. If a broker sends no trace, the event continues the
    // trace of its publisher.
    ...(request.headers.traceparent === undefined &&
      typeof event.traceparent === "string" && {
        parentHeaders: { traceparent: event.traceparent },
      }),
  };
  await withSpan(`process ${event.type}`, options, () => handle(event));
}

/**
 * The data of an event as the message of its type.
 *
 * @throws RequestError as `jsonDataOf` does, and 400 if the data is not the message
 */
export function readData<Data>(
  { type, data: codec }: EventDefinition<Data>,
  event: CloudEvent<unknown>,
): Data {
  const json = jsonDataOf(event);
  const message = `the event's data is not the message of ${type} in protobuf's JSON form`;
  if (typeof json !== "object" || json === null) throw new RequestError(400, message);
  try {
    return codec.fromJSON(json);
  } catch (cause) {
    throw new RequestError(400, message, { cause });
  }
}
