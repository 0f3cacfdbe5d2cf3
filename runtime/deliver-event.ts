import { type IncomingMessage, request as sendHttp } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { SpanKind, trace } from "@opentelemetry/api";
import type { CloudEvent } from "cloudevents";
import type { EventDefinition } from "#protos/events.ts";
import {
  createEvent,
  type EventContent,
  type EventMessage,
  spanAttributesOf,
  writeEvent,
} from "./cloud-event.ts";
import { withFaults } from "./fault-hook.ts";
import { sinkTokenHeader } from "./identity/call-tokens.ts";
import { StatusError } from "./status.ts";
import { withSpan } from "./tracing.ts";

/** The limits of one delivery. */
export interface DeliveryOptions {
  /** The timeout of one attempt in milliseconds. */
  readonly timeoutMs: number;
  /** Pauses before the second and each later attempt in milliseconds; empty for a single attempt. */
  readonly pausesMs: readonly number[];
  /** Ends the delivery when it aborts. */
  readonly signal?: AbortSignal;
  /** Called before each attempt after the first. */
  readonly onRetry?: () => void;
}

/** The HTTP address that a function publishes its events to: a broker, a channel or a function. */
export interface EventSink {
  /** The URL, without user and password. */
  readonly address: string;
  /**
   * Publishes an event under a producer span.
   *
   * @throws DeliveryError as `deliverEvent` does
   */
  publish<Data>(
    definition: EventDefinition<Data>,
    content: EventContent<Data>,
    options: DeliveryOptions,
  ): Promise<void>;
}

/** A delivery that failed. The code is UNAVAILABLE; the message has no data of the event. */
export class DeliveryError extends StatusError {
  /** The HTTP status of the last attempt's answer; undefined if there was none. */
  readonly status: number | undefined;
  /** The first bytes of that answer's body, at most 1024. */
  readonly body: Buffer;

  constructor(message: string, { status, body = Buffer.alloc(0), cause }: DeliveryFailureOptions) {
    super("UNAVAILABLE", message, { cause });
    this.status = status;
    this.body = body;
  }
}

interface DeliveryFailureOptions {
  readonly status?: number;
  readonly body?: Buffer;
  readonly cause?: unknown;
}

// The maximum length of Knative's extension knativeerrordata.
const keptBodyBytes = 1024;

/** Creates the sink at an `http:` or `https:` URL. */
export function createEventSink(url: URL): EventSink {
  return {
    address: withoutCredentials(url),
    publish: (definition, content, options) =>
      withSpan(`send ${definition.type}`, { kind: SpanKind.PRODUCER }, async (span) => {
        const event = await createEvent(definition, content);
        span.setAttributes(spanAttributesOf(event));
        await deliverEvent(url, event, options);
      }),
  };
}

/**
 * POSTs an event in binary mode until the receiver accepts it with a 2xx status.
 *
 * @param target `http:` or `https:`
 * @throws DeliveryError the last failure: after the last attempt, after a status that is not retriable, or
 *   once the signal is aborted
 */
export async function deliverEvent(
  target: URL,
  event: CloudEvent<unknown>,
  { timeoutMs, pausesMs, signal, onRetry }: DeliveryOptions,
): Promise<void> {
  const message = await writeEvent(event);
  for (const pauseMs of [...pausesMs, undefined]) {
    const timeout = AbortSignal.timeout(timeoutMs);
    const attempt = signal ? AbortSignal.any([signal, timeout]) : timeout;
    const failure = await tryDelivery(target, event.type, message, attempt);
    if (!failure) return;
    if (!failure.isRetriable || pauseMs === undefined) throw failure.error;
    await delay(pauseMs, undefined, signal && { signal }).catch(() => {
      throw failure.error;
    });
    onRetry?.();
  }
}

interface DeliveryFailure {
  readonly isRetriable: boolean;
  readonly error: DeliveryError;
}

async function tryDelivery(
  target: URL,
  type: string,
  message: EventMessage,
  signal: AbortSignal,
): Promise<DeliveryFailure | undefined> {
  try {
    const { status, body } = await withFaults(
      () => ({ side: "client", target: type, span: trace.getActiveSpan(), signal }),
      () => post(target, message, signal),
    );
    if (status >= 200 && status < 300) return undefined;
    const text = `${withoutCredentials(target)} answered with HTTP status ${status}`;
    return { isRetriable: isRetriable(status), error: new DeliveryError(text, { status, body }) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const text = `cannot reach ${withoutCredentials(target)}: ${reason}`;
    return { isRetriable: true, error: new DeliveryError(text, { cause }) };
  }
}

function withoutCredentials({ origin, pathname }: URL): string {
  return origin + pathname;
}

// Knative Eventing's delivery specification: a later attempt may get another status.
function isRetriable(status: number): boolean {
  return status >= 500 || [404, 408, 409, 429].includes(status);
}

// Does not use fetch: its first call takes longer than loading node:http.
async function post(
  url: URL,
  { headers, body }: EventMessage,
  signal: AbortSignal,
): Promise<{ status: number; body: Buffer }> {
  const send = url.protocol === "https:" ? (await import("node:https")).request : sendHttp;
  return new Promise((resolve, reject) => {
    const options = {
      method: "POST",
      headers: {
        ...headers,
        ...sinkTokenHeader(url),
        "content-length": Buffer.byteLength(body),
      },
      signal,
    };
    const request = send(url, options, (response: IncomingMessage) => {
      let kept = Buffer.alloc(0);
      response.on("error", reject);
      response.on("data", (chunk: Buffer) => {
        if (kept.length < keptBodyBytes) kept = Buffer.concat([kept, chunk]);
      });
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, body: kept.subarray(0, keptBodyBytes) });
      });
    });
    request.on("error", reject);
    request.end(body);
  });
}
