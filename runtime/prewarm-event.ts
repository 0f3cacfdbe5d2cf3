import { randomUUID } from "node:crypto";
import { SpanKind } from "@opentelemetry/api";
import { WakeRequest } from "#protos/prewarm.ts";
import { sendPost } from "./post.ts";
import { StatusError } from "./status.ts";
import { injectTraceHeaders, withSpan } from "./tracing.ts";

/**
 * The type of the event that wakes the receivers of a sink: they do what a wake asks for, and answer.
 * Its data is a WakeRequest in protobuf's JSON form.
 */
export const prewarmEventType = "com.hipstershop.prewarm.v1";

/**
 * Wakes who receives the events of a sink, by the way that a real event goes and then finds open: a
 * broker has connections and receivers of its own behind it. The event is sent once, as a CloudEvent
 * 1.0 in binary mode under a producer span.
 *
 * @param sink `http:` or `https:` URL
 * @param waker the function that wakes
 * @throws StatusError UNAVAILABLE where the sink does not accept it
 */
export function sendPrewarmEvent(sink: string, waker: string, signal: AbortSignal): Promise<void> {
  return withSpan(`send ${prewarmEventType}`, { kind: SpanKind.PRODUCER }, async () => {
    // Without the package, which takes longer to load than a boot has time for.
    const headers: Record<string, string> = {
      "content-type": "application/json",
      "ce-specversion": "1.0",
      "ce-id": randomUUID(),
      "ce-source": `/${waker}`,
      "ce-type": prewarmEventType,
    };
    injectTraceHeaders(headers);
    const body = JSON.stringify(WakeRequest.toJSON({ waker }));
    const status = await sendPost(new URL(sink), { headers, body }, signal).catch((cause) => {
      const message = `${sink} cannot be reached: ${cause.message}`;
      throw new StatusError("UNAVAILABLE", message, { cause });
    });
    if (status >= 200 && status < 300) return;
    throw new StatusError("UNAVAILABLE", `${sink} answered with HTTP status ${status}`);
  });
}
