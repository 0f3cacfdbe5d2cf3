import type { IncomingMessage, ServerResponse } from "node:http";
import { SpanKind } from "@opentelemetry/api";
import type { CloudEvent } from "cloudevents";
import { orderPlaced, prewarm } from "#protos/events.ts";
import type { SendOrderConfirmationRequest } from "#protos/hipstershop.ts";
import { quote } from "#runtime/check-input.ts";
import { jsonDataOf, readEvent, spanAttributesOf } from "#runtime/cloud-event.ts";
import type { HttpContext, HttpHandler } from "#runtime/http-server.ts";
import { log } from "#runtime/log.ts";
import { readBody } from "#runtime/read-body.ts";
import { RequestError, toRequestError } from "#runtime/request-error.ts";
import { withSpan } from "#runtime/tracing.ts";
import type { ConfirmOrder } from "./confirm-order.ts";

// The maximum size that the same message may have as a gRPC request.
const maxBytes = 4 * 1024 * 1024;

/** The actions that order-placed and prewarm events start. */
interface EventActions {
  readonly confirmOrder: ConfirmOrder;
  readonly warmUp: () => Promise<void>;
}

/**
 * Receives order-placed and prewarm CloudEvents, each as POST to `/`. 204 confirms that the event was
 * processed. On a 5xx status the broker delivers the event again, on a 4xx status other than 404, 408,
 * 409 and 429 it does not (Knative Eventing, delivery specification).
 */
export function createEventReceiver(actions: EventActions): HttpHandler {
  return async (request, response, { setRoute }) => {
    try {
      await receive(request, response, setRoute, actions);
      response.writeHead(204).end();
    } catch (error) {
      refuse(response, toRequestError(error));
    }
  };
}

async function receive(
  request: IncomingMessage,
  response: ServerResponse,
  setRoute: HttpContext["setRoute"],
  { confirmOrder, warmUp }: EventActions,
): Promise<void> {
  const path = (request.url ?? "").split("?", 1)[0];
  if (path !== "/") throw new RequestError(404, `${path} is not served here: send events to /`);
  setRoute("/");
  if (request.method !== "POST") {
    response.setHeader("allow", "POST");
    throw new RequestError(405, `${request.method} is not allowed here: send events by POST`);
  }
  const event = await readEvent(request.headers, await readBody(request, maxBytes));
  if (event.type === prewarm.type) {
    // A failure is not answered with an error: another delivery would not help.
    return warmUp().catch((error: unknown) => log.warn("the warm-up failed", { error }));
  }
  if (event.type !== orderPlaced.type) {
    const rule = `expected ${orderPlaced.type} or ${prewarm.type}`;
    throw new RequestError(422, `the event's type is ${quote(event.type)}: ${rule}`);
  }
  await confirm(event, request, confirmOrder);
}

function confirm(
  event: CloudEvent<unknown>,
  { headers }: IncomingMessage,
  confirmOrder: ConfirmOrder,
): Promise<void> {
  const options = {
    kind: SpanKind.CONSUMER,
    attributes: spanAttributesOf(event),
    // The trace of the request includes the broker. If a broker sends no trace, the event continues the
    // trace of its publisher.
    ...(headers.traceparent === undefined &&
      typeof event.traceparent === "string" && {
        parentHeaders: { traceparent: event.traceparent },
      }),
  };
  return withSpan(`process ${event.type}`, options, () =>
    confirmOrder(readOrder(jsonDataOf(event))),
  );
}

function readOrder(data: unknown): SendOrderConfirmationRequest {
  if (typeof data !== "object" || data === null) {
    throw new RequestError(400, "the event's data is not an order confirmation request");
  }
  try {
    return orderPlaced.data.fromJSON(data);
  } catch (cause) {
    const message =
      "the event's data is not a SendOrderConfirmationRequest in protobuf's JSON form";
    throw new RequestError(400, message, { cause });
  }
}

function refuse(response: ServerResponse, { status, message, cause }: RequestError): void {
  if (status >= 500) log.warn(`an event was not processed: ${message}`, { status, error: cause });
  else log.info(`an event was refused: ${message}`, { status });
  // The rest of the request is read and dropped: otherwise a client that is still sending would not
  // receive the response.
  response.req.resume();
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${message}\n`);
}
