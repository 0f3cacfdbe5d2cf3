import type { IncomingHttpHeaders } from "node:http";
import type { CloudEvent } from "cloudevents";
import { StatusError } from "#runtime/status.ts";

/** What is taken from a CloudEvent. */
export interface ReceivedEvent {
  id: string;
  source: string;
  type: string;
  /** Its JSON data. */
  data: unknown;
  /** The publisher's trace, where the event has the Distributed Tracing extension. */
  traceparent: string | undefined;
}

/** The media type of structured mode. */
export const structuredType = "application/cloudevents+json";

/**
 * Reads a CloudEvent 1.0 in binary or structured mode.
 *
 * @throws StatusError INVALID_ARGUMENT for what is none, or is malformed
 */
export async function parseEvent(
  headers: IncomingHttpHeaders,
  body: Buffer,
): Promise<ReceivedEvent> {
  const mediaType = mediaTypeOf(headers);
  const isStructured = mediaType === structuredType;
  if (!isStructured && headers["ce-id"] === undefined) {
    throw invalid("this is no CloudEvent: it has no ce-id header and is not structured");
  }
  const text = decode(body);
  checkAttributes(isStructured ? parseJson(text) : attributesOf(headers));
  // Not at the top: gRPC calls have no use for it.
  const { HTTP } = await import("cloudevents");
  try {
    // The package compares whole content types, so it must not see a charset.
    const message = { headers: { ...headers, "content-type": mediaType }, body: text };
    const event = HTTP.toEvent<unknown>(message) as CloudEvent<unknown>;
    if (event.specversion !== "1.0") throw new TypeError(`version ${event.specversion}`);
    event.validate();
    const { id, source, type, traceparent } = event;
    const trace = typeof traceparent === "string" ? traceparent : undefined;
    return { id, source, type, data: dataOf(event.data), traceparent: trace };
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : "";
    throw invalid(`this is no CloudEvent 1.0 with JSON data: ${reason}`, cause);
  }
}

/** The content type without its parameters, in lower case; JSON where there is none. */
export function mediaTypeOf(headers: IncomingHttpHeaders): string {
  const [type = ""] = (headers["content-type"] ?? "application/json").split(";", 1);
  return type.trim().toLowerCase();
}

const requiredAttributes = ["id", "source", "specversion", "type"];

function attributesOf(headers: IncomingHttpHeaders): object {
  return Object.fromEntries(requiredAttributes.map((name) => [name, headers[`ce-${name}`]]));
}

// The package makes up an id and a version where an event has none.
function checkAttributes(event: unknown): void {
  for (const name of requiredAttributes) {
    const value = (event as Record<string, unknown> | null)?.[name];
    if (typeof value !== "string" || value === "") {
      throw invalid(`this is no CloudEvent 1.0: its ${name} is missing`);
    }
  }
}

// Structured events may carry their data as base64, which the package gives as numbers.
function dataOf(data: unknown): unknown {
  if (ArrayBuffer.isView(data)) return parseJson(decode(Buffer.from(data as Uint32Array)));
  return data;
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw invalid("the body is not UTF-8", cause);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid("the body is not JSON", cause);
  }
}

function invalid(message: string, cause?: unknown): StatusError {
  return new StatusError("INVALID_ARGUMENT", message, { cause });
}
