import { SpanKind } from "@opentelemetry/api";
import { SendOrderConfirmationRequest } from "#protos/hipstershop.ts";
import type { Post } from "#runtime/post.ts";
import { injectTraceHeaders, withSpan } from "#runtime/tracing.ts";
import { postWithRetries } from "./post.ts";

/** The type of the event. Its data is a SendOrderConfirmationRequest in protobuf's JSON form. */
export const orderPlacedType = "com.hipstershop.order.placed.v1";

const source = "/checkoutservice";

/**
 * Publishes that an order was placed, as a CloudEvent in binary mode, under a producer span. Source
 * and order id together identify it, so that a repeated attempt is recognised as the same event.
 *
 * @throws Error where the sink has not accepted the event after all attempts
 */
export function publishOrderPlaced(
  sink: URL,
  request: SendOrderConfirmationRequest,
): Promise<void> {
  const orderId = request.order?.orderId ?? "";
  const attributes = {
    "cloudevents.event_id": orderId,
    "cloudevents.event_source": source,
    "cloudevents.event_type": orderPlacedType,
    "cloudevents.event_spec_version": "1.0",
  };
  const options = { kind: SpanKind.PRODUCER, attributes };
  return withSpan(`send ${orderPlacedType}`, options, async () => {
    await postWithRetries(sink, await describeEvent(orderId, request));
  });
}

/** Describes an event that is not sent: loads what that needs, and the first order finds it faster. */
export async function rehearseOrderPlaced(): Promise<void> {
  await describeEvent("rehearsal", { email: "", order: undefined });
}

async function describeEvent(
  orderId: string,
  request: SendOrderConfirmationRequest,
): Promise<Post> {
  // Not at the top: a cold start has no use for it.
  const { CloudEvent, HTTP } = await import("cloudevents");
  const traceHeaders: Record<string, string> = {};
  injectTraceHeaders(traceHeaders);
  const { traceparent, tracestate } = traceHeaders;
  const event = new CloudEvent({
    id: orderId,
    source,
    type: orderPlacedType,
    subject: orderId,
    datacontenttype: "application/json",
    data: SendOrderConfirmationRequest.toJSON(request),
    // The Distributed Tracing extension: brokers and sinks that drop headers keep attributes.
    ...(traceparent ? { traceparent } : {}),
    ...(tracestate ? { tracestate } : {}),
  });
  const { headers, body } = HTTP.binary(event);
  return { headers: { ...(headers as Record<string, string>), ...traceHeaders }, body: `${body}` };
}
