import { colorOf, paint } from "../terminal/colors.ts";

/** A log line of a function. */
export type LogLine = ReturnType<typeof parseLine>;

/** Reads a line. A line that is not a JSON object is a message of the given service. */
export function parseLine(raw: string, service: string) {
  const parsed = parseObject(raw) ?? { severity: "DEFAULT", message: raw };
  const { timestamp, severity, service: named, message, trace_id, span_id: _, ...fields } = parsed;
  return {
    /** ISO 8601 in UTC; empty if the line has none. */
    timestamp: text(timestamp),
    severity: text(severity),
    service: text(named) || service,
    message: text(message),
    /** The trace of the request during which it was written; undefined if there was none. */
    traceId: text(trace_id) || undefined,
    fields,
    raw,
  };
}

/** Which lines are printed. */
export interface LineFilter {
  /** The functions; all if it is empty. */
  readonly services: readonly string[];
  /** The trace; all lines if undefined. */
  readonly traceId: string | undefined;
  /** Epoch milliseconds; older lines are not printed. */
  readonly sinceMs: number;
}

/** Whether a line passes the filter. A line without a time is never too old. */
export function passes(line: LogLine, { services, traceId, sinceMs }: LineFilter): boolean {
  if (services.length > 0 && !services.includes(line.service)) return false;
  if (traceId !== undefined && line.traceId !== traceId) return false;
  return line.timestamp === "" || Date.parse(line.timestamp) >= sinceMs;
}

const red = 31;
const dim = 2;

/** Formats a line for people: time, function, severity, message, other fields, trace id. */
export function formatLine(line: LogLine, colors: boolean): string {
  const { timestamp, severity, service, message, traceId, fields } = line;
  const time = timestamp === "" ? " ".repeat(12) : timestamp.slice(11, 23);
  const rest = Object.entries(fields).map(([name, value]) =>
    typeof value === "object" ? `${name}=${JSON.stringify(value)}` : `${name}=${value}`,
  );
  const style = (code: number, words: string) => (colors ? paint(code, words) : words);
  const parts = [
    time,
    style(colorOf(service), service.padEnd(22)),
    severity === "ERROR" ? style(red, "ERROR  ") : severity.padEnd(7),
    message,
    ...(rest.length > 0 ? [style(dim, rest.join(" "))] : []),
    ...(traceId ? [style(dim, `trace=${traceId}`)] : []),
  ];
  return parts.join(" ");
}

function parseObject(raw: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(raw);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
