import { inspect } from "node:util";
import { isSpanContextValid, trace } from "@opentelemetry/api";

/** The valid values of LOG_LEVEL, from the lowest severity to the highest. */
export const logLevels = ["debug", "info", "warn", "error"] as const;

/** The severity of a line; its field is in upper case, with WARNING for `warn`. */
export type Severity = (typeof logLevels)[number];

const output = {
  service: "",
  lowest: 1,
  write: (line: string): void => {
    process.stdout.write(line);
  },
};

/**
 * Writes JSON lines with `timestamp` (RFC 3339), `severity`, `message`, `service`, and `trace_id`
 * and `span_id` inside a request; never throws. Do not pass secrets or card data.
 */
export const log = {
  /** Logs a detail for debugging. */
  debug: (message: string, fields?: LogFields): void => writeLine(0, message, fields),
  /** Logs an event of normal operation. */
  info: (message: string, fields?: LogFields): void => writeLine(1, message, fields),
  /** Logs a failure that was handled. */
  warn: (message: string, fields?: LogFields): void => writeLine(2, message, fields),
  /** Logs a failure that needs attention. */
  error: (message: string, fields?: LogFields): void => writeLine(3, message, fields),
};

/** Sets the service name of all lines, the lowest severity that is written, and the output. */
export function configureLog(options: {
  service?: string;
  level?: Severity;
  write?: (line: string) => void;
}): void {
  if (options.service !== undefined) output.service = options.service;
  if (options.level !== undefined) output.lowest = logLevels.indexOf(options.level);
  if (options.write !== undefined) output.write = options.write;
}

// The names of Cloud Logging's LogSeverity, which log collectors support.
const severityNames = ["DEBUG", "INFO", "WARNING", "ERROR"];

function writeLine(severity: number, message: string, fields: LogFields = {}): void {
  if (severity < output.lowest) return;
  const span = trace.getActiveSpan()?.spanContext();
  const traced = span !== undefined && isSpanContextValid(span);
  const head = {
    timestamp: new Date().toISOString(),
    severity: severityNames[severity],
    message,
    service: output.service || undefined,
    trace_id: traced ? span.traceId : undefined,
    span_id: traced ? span.spanId : undefined,
  };
  output.write(`${formatLogLine(head, fields)}\n`);
}

/** The fields of a line in addition to its message. Values are written as JSON, errors with message and stack. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * Formats a line of the log as JSON, without a line end; never throws. A field that JSON cannot express,
 * such as a circular object, is written as the text that `inspect` returns for it.
 *
 * @param head the fields of every line, which JSON can express
 */
export function formatLogLine(head: object, fields: LogFields): string {
  try {
    return JSON.stringify({ ...head, ...fields }, replaceUnprintable);
  } catch {
    return JSON.stringify({ ...head, ...describeFields(fields) });
  }
}

function describeFields(fields: LogFields): object {
  try {
    return describeEach(fields, Object.keys(fields));
  } catch (error) {
    return { fields: explain(error) };
  }
}

function describeEach<Name extends string>(source: { [name in Name]?: unknown }, names: Name[]) {
  return Object.fromEntries(names.map((name) => [name, describeField(() => source[name])]));
}

function describeField(read: () => unknown): unknown {
  let reason: unknown;
  for (const describe of [throughJson, describeCyclicError, inspectBriefly]) {
    try {
      return describe(read());
    } catch (error) {
      reason = error;
    }
  }
  return explain(reason);
}

function throughJson(value: unknown): unknown {
  const text = JSON.stringify(value, replaceUnprintable);
  return text === undefined ? undefined : JSON.parse(text);
}

function describeCyclicError(value: unknown): object {
  if (!(value instanceof Error)) throw new TypeError("not an error");
  const cause = inspectBriefly(value.cause);
  return {
    ...describeEach<keyof DescribedError>(value, ["name", "message", "code", "stack"]),
    cause,
  };
}

function inspectBriefly(value: unknown): string {
  return inspect(value, { breakLength: Number.POSITIVE_INFINITY });
}

function explain(error: unknown): string {
  try {
    return `[cannot be printed: ${(error as Error).message}]`;
  } catch {
    return "[cannot be printed]";
  }
}

function replaceUnprintable(this: LogFields, key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Error) return describeError(value);
  // Date.prototype.toJSON has converted it to null.
  if (value === null && this[key] instanceof Date) return "Invalid Date";
  return value;
}

interface DescribedError extends Error {
  readonly code?: unknown;
}

function describeError({ name, message, code, stack, cause }: DescribedError): object {
  return { name, message, code, stack, cause };
}
