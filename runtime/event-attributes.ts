import { RequestError } from "./request-error.ts";

/** The attributes and the data of an event as they were received. */
export type UncheckedEvent = Record<string, unknown>;

// In binary mode these are headers as they are; the others are percent-encoded.
const plainHeaders = new Set(["datacontenttype", "traceparent", "tracestate"]);

/**
 * Checks the attributes of an event that the package `cloudevents` does not check: it generates a missing id or
 * version, and accepts objects as extensions. An event that cannot be written as headers would be accepted
 * and then delivered in vain.
 *
 * @throws RequestError 400 that names the attribute
 */
export function checkAttributes(event: UncheckedEvent): void {
  for (const name of ["id", "source", "type", "specversion"]) {
    if (typeof event[name] !== "string" || event[name] === "") {
      throw invalidEvent(`${name} is missing`);
    }
  }
  if (event.specversion !== "1.0") {
    throw invalidEvent(`specversion is ${event.specversion}: expected 1.0`);
  }
  for (const [name, value] of Object.entries(event)) {
    if (name === "data") continue;
    if (typeof value === "object") throw invalidEvent(`${name} is not a scalar value`);
    const text = String(value);
    if (!text.isWellFormed()) throw invalidEvent(`${name} is not valid Unicode`);
    if (plainHeaders.has(name) && !/^[\t\x20-\x7e]*$/.test(text)) {
      throw invalidEvent(`${name} has characters that are not printable ASCII`);
    }
  }
}

/** The error of a request without a valid event. */
export function invalidEvent(reason: string, cause?: unknown): RequestError {
  return new RequestError(400, `not a valid CloudEvent: ${reason}`, { cause });
}
