import type { IncomingHttpHeaders } from "node:http";
import { type Attributes, context, propagation } from "@opentelemetry/api";
import type { CloudEvent } from "cloudevents";
import type { EventDefinition } from "#protos/events.ts";
import { checkAttributes, invalidEvent, type UncheckedEvent } from "./event-attributes.ts";
import { RequestError } from "./request-error.ts";

// `cloudevents` is not imported at the top, because it would add 11 ms to a cold start, and only once, because an
// import in a bundle copies all names of the package.
let loading: Promise<typeof import("cloudevents")> | undefined;

function loadCloudEvents() {
  loading ??= import("cloudevents");
  return loading;
}

/** The parts of an event that its publisher specifies. */
export interface EventContent<Data> {
  /** Identifies the event together with the publisher. */
  readonly id: string;
  /** The name of the function that publishes. */
  readonly publisher: string;
  /** The `subject` attribute, such as an order id. */
  readonly subject?: string;
  /** The message that becomes the event's data. */
  readonly data: Data;
}

/** Creates an event with the current trace as its Distributed Tracing extension. */
export async function createEvent<Data>(
  { type, data: codec }: EventDefinition<Data>,
  { id, publisher, subject, data }: EventContent<Data>,
): Promise<CloudEvent<unknown>> {
  const { CloudEvent } = await loadCloudEvents();
  return new CloudEvent<unknown>({
    id,
    source: `/${publisher}`,
    type,
    ...(subject !== undefined && { subject }),
    datacontenttype: "application/json",
    data: codec.toJSON(data),
    ...traceOf(currentTraceHeaders()),
  });
}

/** An event as an HTTP message. */
export interface EventMessage {
  /** The HTTP headers by their lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** The event's data. */
  readonly body: string | Buffer;
}

/**
 * Writes an event in binary mode. Its trace extension is also sent as the HTTP headers `traceparent` and
 * `tracestate`; inside a span, that span's trace headers are sent.
 */
export async function writeEvent(event: CloudEvent<unknown>): Promise<EventMessage> {
  const { HTTP } = await loadCloudEvents();
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(HTTP.binary(event).headers)) {
    headers[name] = name.startsWith("ce-") ? encodeHeader(String(value)) : String(value);
  }
  const trace = { ...traceOf(event), ...currentTraceHeaders() };
  return { headers: { ...headers, ...trace }, body: bodyOf(event) };
}

// The package would write strings without their quotes, and bytes from base64 as numbers.
function bodyOf({ data, data_base64: base64, datacontenttype }: CloudEvent<unknown>) {
  if (base64 !== undefined) return Buffer.from(base64, "base64");
  if (data === undefined) return "";
  return typeof data === "string" && !isJson(datacontenttype) ? data : JSON.stringify(data);
}

/**
 * Reads and validates a CloudEvent 1.0 in binary or structured mode. In binary mode its data are the
 * bytes as sent; `jsonDataOf` reads them. An event without the Distributed Tracing extension gets it from
 * the trace headers of its request.
 *
 * @throws RequestError 400 that names the missing or invalid part, 415 for a batch
 */
export async function readEvent(
  headers: IncomingHttpHeaders,
  body: Buffer,
): Promise<CloudEvent<unknown>> {
  const mediaType = mediaTypeOf(headers["content-type"]);
  if (mediaType === "application/cloudevents-batch+json") {
    throw new RequestError(415, "batches are not supported: send one event in each request");
  }
  const isStructured = mediaType === "application/cloudevents+json";
  if (!isStructured && headers["ce-id"] === undefined) {
    throw invalidEvent(
      "it has no ce-id header and its content type is not application/cloudevents+json",
    );
  }
  const event = isStructured ? readStructured(body) : readBinary(headers, body);
  checkAttributes(event);
  const { CloudEvent } = await loadCloudEvents();
  try {
    return new CloudEvent<unknown>({ ...traceOf(headers), ...event });
  } catch (cause) {
    throw invalidEvent(cause instanceof Error ? cause.message.replace(/\s+/g, " ") : "", cause);
  }
}

function traceOf({ traceparent, tracestate }: UncheckedEvent): Record<string, string> {
  return {
    ...(typeof traceparent === "string" && { traceparent }),
    ...(typeof tracestate === "string" && { tracestate }),
  };
}

function readBinary(headers: IncomingHttpHeaders, body: Buffer): UncheckedEvent {
  const event: UncheckedEvent = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith("ce-")) event[name.slice(3)] = decodeHeader(String(value));
  }
  const datacontenttype = headers["content-type"];
  return { ...event, ...(datacontenttype && { datacontenttype }), data: body };
}

function readStructured(body: Buffer): UncheckedEvent {
  const json = parseJson(body);
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw invalidEvent("the body is not a JSON object");
  }
  // The JSON format allows null for an attribute that is not set.
  return Object.fromEntries(Object.entries(json).filter(([, value]) => value !== null));
}

/**
 * The JSON value of an event's data; undefined if it has none.
 *
 * @throws RequestError 415 if the data is not JSON by its content type, 400 if it cannot be parsed
 */
export function jsonDataOf({ data, datacontenttype }: CloudEvent<unknown>): unknown {
  if (!isJson(datacontenttype)) {
    const type = mediaTypeOf(datacontenttype);
    throw new RequestError(415, `the data's content type is ${type}: expected application/json`);
  }
  if (data instanceof Uint8Array) return data.length === 0 ? undefined : parseJson(data);
  return data;
}

/** The attributes that describe an event on its spans (OpenTelemetry semantic conventions). */
export function spanAttributesOf(event: CloudEvent<unknown>): Attributes {
  return {
    "cloudevents.event_id": event.id,
    "cloudevents.event_source": event.source,
    "cloudevents.event_spec_version": event.specversion,
    "cloudevents.event_type": event.type,
  };
}

// The B3 and `traceparent` headers of the current span.
function currentTraceHeaders(): Record<string, string> {
  const headers: Record<string, string> = {};
  propagation.inject(context.active(), headers);
  return headers;
}

function mediaTypeOf(contentType = "application/json"): string {
  return contentType.replace(/;.*/s, "").trim().toLowerCase();
}

const isJson = (contentType: string | undefined) =>
  /^application\/(?:json|[\w.-]+\+json)$/.test(mediaTypeOf(contentType));

// HTTP protocol binding 3.1.3.2: other characters are percent-encoded as UTF-8 in header values.
function encodeHeader(text: string): string {
  return text.replace(/[^\x21\x23\x24\x26-\x7e]/gu, encodeURIComponent);
}

function decodeHeader(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw invalidEvent("the body is not JSON in UTF-8", cause);
  }
}
