import type { Context } from "hono";
import { RequestError } from "#runtime/request-error.ts";
import type { TraceQuery } from "./store.ts";

// Zipkin's defaults.
const defaultLimit = 10;
const maxLimit = 1000;
const defaultLookbackMs = 24 * 3_600_000;

/** Checks a trace id of a request; throws RequestError 400 for an invalid one. */
export function readTraceId(id: string): string {
  if (/^[0-9a-fA-F]{1,32}$/.test(id)) return id;
  throw invalid(`${id} is not a trace id: expected up to 32 hexadecimal digits`);
}

/** The parameter `serviceName` in lower case; throws RequestError 400 if it is missing. */
export function requireService(c: Context): string {
  const name = c.req.query("serviceName");
  if (!name) throw invalid("serviceName is missing");
  return name.toLowerCase();
}

/** Reads the query of `/traces`; throws RequestError 400 for an invalid number. */
export function readTraceQuery(c: Context, nowMs: number): TraceQuery {
  return {
    ...readTimeRange(c, nowMs),
    serviceName: optional(c.req.query("serviceName")?.toLowerCase()),
    spanName: optional(c.req.query("spanName")),
    minDurationUs: readNumber(c, "minDuration"),
    maxDurationUs: readNumber(c, "maxDuration"),
    tags: readAnnotationQuery(c.req.query("annotationQuery") ?? ""),
    limit: Math.min(maxLimit, readNumber(c, "limit") ?? defaultLimit),
  };
}

/**
 * Reads `endTs` and `lookback`, which are milliseconds in Zipkin, while durations are microseconds.
 * Zipkin requires `endTs` for dependencies; here its default is always the current time.
 */
export function readTimeRange(c: Context, nowMs: number): Pick<TraceQuery, "fromUs" | "untilUs"> {
  const lookbackMs = readNumber(c, "lookback") ?? defaultLookbackMs;
  const untilMs = readNumber(c, "endTs") ?? nowMs;
  return { fromUs: (untilMs - lookbackMs) * 1000, untilUs: untilMs * 1000 };
}

function optional(text: string | undefined): string | undefined {
  return text === "" || text === "all" ? undefined : text;
}

function readNumber(c: Context, name: string): number | undefined {
  const text = c.req.query(name);
  if (text === undefined || text === "") return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw invalid(`${name} is ${JSON.stringify(text)}: expected a whole number, 0 or more`);
}

// `error and http.path=/cart`: tags with or without a value.
function readAnnotationQuery(text: string): Record<string, string> {
  const terms = text.split(" and ").filter((term) => term.trim() !== "");
  return Object.fromEntries(
    terms.map((term) => {
      const [key = "", ...value] = term.trim().split("=");
      return [key, value.join("=")];
    }),
  );
}

function invalid(message: string): RequestError {
  return new RequestError(400, message);
}
