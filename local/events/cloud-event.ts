/** An event with its context attributes, extensions among them, and its data as bytes. */
export interface CloudEvent {
  /** `id`, `source`, `type`, `specversion` and what else was given, by lower-case names. */
  attributes: Readonly<Record<string, string>>;
  /** The media type of the data. */
  dataContentType: string | undefined;
  /** The data as it was sent. */
  data: Buffer;
}

/** What came is no event that can be taken; `status` is the HTTP status to answer. */
export class EventError extends Error {
  /** 400, 415 or 503. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "EventError";
    this.status = status;
  }
}

type Headers = NodeJS.Dict<string | string[]>;

const requiredAttributes = ["id", "source", "type", "specversion"];

/**
 * Reads an event in the binary or the structured mode of CloudEvents' HTTP binding (1.0).
 *
 * @throws EventError that says what is missing or wrong
 */
export function readEvent(headers: Headers, body: Buffer): CloudEvent {
  const mediaType = first(headers["content-type"])?.split(";", 1)[0]?.trim().toLowerCase();
  if (mediaType === "application/cloudevents-batch+json") {
    throw new EventError(415, "batches are not taken: send one event a request");
  }
  const event =
    mediaType === "application/cloudevents+json"
      ? readStructured(body)
      : readBinary(headers, mediaType, body);
  for (const name of requiredAttributes) {
    if (!event.attributes[name]) {
      throw new EventError(400, `no CloudEvent: header ce-${name} is missing`);
    }
  }
  if (event.attributes.specversion !== "1.0") {
    throw new EventError(400, `specversion is ${event.attributes.specversion}: expected 1.0`);
  }
  return continueTrace(event, first(headers.traceparent));
}

/** The headers of an event in binary mode; `traceparent` stands there as a header of its own too. */
export function writeEvent(event: CloudEvent): Record<string, string> {
  const { attributes, dataContentType } = event;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(attributes)) headers[`ce-${name}`] = value;
  if (dataContentType) headers["content-type"] = dataContentType;
  if (attributes.traceparent) headers.traceparent = attributes.traceparent;
  return headers;
}

function readBinary(headers: Headers, mediaType: string | undefined, body: Buffer): CloudEvent {
  const attributes: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const text = first(value);
    if (name.startsWith("ce-") && text !== undefined) attributes[name.slice(3)] = text;
  }
  return { attributes, dataContentType: mediaType, data: body };
}

function readStructured(body: Buffer): CloudEvent {
  const { data, data_base64: base64, datacontenttype, ...rest } = parseObject(body);
  const attributes = Object.fromEntries(
    Object.entries(rest)
      .filter(([, value]) => ["string", "number", "boolean"].includes(typeof value))
      .map(([name, value]) => [name.toLowerCase(), encodeHeader(String(value))]),
  );
  return {
    attributes,
    dataContentType: typeof datacontenttype === "string" ? datacontenttype : "application/json",
    data:
      typeof base64 === "string"
        ? Buffer.from(base64, "base64")
        : Buffer.from(data === undefined ? "" : JSON.stringify(data)),
  };
}

function parseObject(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    if (typeof value === "object" && value !== null) return { ...value };
  } catch {
    // told below
  }
  throw new EventError(
    400,
    "the body is no JSON object, as application/cloudevents+json has to be",
  );
}

// HTTP binding §3.1.3.2: what a header cannot hold is percent-encoded.
function encodeHeader(text: string): string {
  return text.replace(/[^\x21\x23\x24\x26-\x7e]/gu, (character) =>
    character === " " ? "%20" : encodeURIComponent(character),
  );
}

// The publisher's own request is traced by its header; the extension, where there is one, wins.
function continueTrace(event: CloudEvent, traceparent: string | undefined): CloudEvent {
  if (event.attributes.traceparent || !traceparent) return event;
  return { ...event, attributes: { ...event.attributes, traceparent } };
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
