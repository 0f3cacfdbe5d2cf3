/** A log line of a function, as far as it is read; everything else stays in `fields`. */
export interface LogLine {
  /** ISO 8601 in UTC; empty where the line has none. */
  readonly timestamp: string;
  readonly severity: string;
  readonly service: string;
  readonly message: string;
  readonly traceId: string | undefined;
  /** The remaining fields. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The line as it was written. */
  readonly raw: string;
}

/** Reads a line; one that is no JSON object counts as a message of the given service. */
export function parseLine(raw: string, service: string): LogLine {
  const parsed = parseObject(raw);
  if (parsed === undefined) {
    const plain = { timestamp: "", severity: "DEFAULT", message: raw, traceId: undefined };
    return { ...plain, service, fields: {}, raw };
  }
  const { timestamp, severity, service: named, message, trace_id, span_id: _, ...fields } = parsed;
  return {
    timestamp: text(timestamp),
    severity: text(severity),
    service: text(named) || service,
    message: text(message),
    traceId: text(trace_id) || undefined,
    fields,
    raw,
  };
}

/** Which lines are shown. */
export interface LineFilter {
  /** All functions where it is empty. */
  readonly services: readonly string[];
  readonly traceId: string | undefined;
  /** Epoch milliseconds; older lines are left out. */
  readonly sinceMs: number;
}

/** Whether a line passes; one without a time passes every bound. */
export function passes(line: LogLine, { services, traceId, sinceMs }: LineFilter): boolean {
  if (services.length > 0 && !services.includes(line.service)) return false;
  if (traceId !== undefined && line.traceId !== traceId) return false;
  return line.timestamp === "" || Date.parse(line.timestamp) >= sinceMs;
}

const colorCodes = [36, 33, 32, 35, 34, 96, 93, 92, 95, 94];

/** Writes a line for people: time, function, severity, message, the rest, and the trace's id. */
export function formatLine(line: LogLine, colors: boolean): string {
  const { timestamp, severity, service, message, traceId, fields } = line;
  const time = timestamp === "" ? " ".repeat(12) : timestamp.slice(11, 23);
  const rest = Object.entries(fields).map(([name, value]) =>
    typeof value === "object" ? `${name}=${JSON.stringify(value)}` : `${name}=${value}`,
  );
  const paint = (code: number, words: string) =>
    colors ? `\u001b[${code}m${words}\u001b[0m` : words;
  const color = colorCodes[hash(service) % colorCodes.length] ?? 36;
  const parts = [
    time,
    paint(color, service.padEnd(22)),
    severity === "ERROR" ? paint(31, "ERROR  ") : severity.padEnd(7),
    message,
    ...(rest.length > 0 ? [paint(2, rest.join(" "))] : []),
    ...(traceId ? [paint(2, `trace=${traceId}`)] : []),
  ];
  return parts.join(" ");
}

// The same colour for a function in every run.
function hash(name: string): number {
  return [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7);
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
