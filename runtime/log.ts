import { isSpanContextValid, trace } from "@opentelemetry/api";
import { formatLogLine, type LogFields } from "./log-line.ts";

const severities = ["debug", "info", "warn", "error"] as const;

/** How grave a line is; the field holds it in upper case, `warn` as WARNING. */
export type Severity = (typeof severities)[number];

const output = {
  service: "",
  least: 1,
  write: (line: string): void => {
    process.stdout.write(line);
  },
};

/**
 * Writes JSON lines with `timestamp` (RFC 3339), `severity`, `message`, `service`, and `trace_id`
 * and `span_id` inside a request; never throws. Secrets and card data must not be passed in.
 */
export const log = {
  debug: (message: string, fields?: LogFields): void => writeLine(0, message, fields),
  info: (message: string, fields?: LogFields): void => writeLine(1, message, fields),
  warn: (message: string, fields?: LogFields): void => writeLine(2, message, fields),
  error: (message: string, fields?: LogFields): void => writeLine(3, message, fields),
};

/** Whether a word is a severity, for LOG_LEVEL. */
export const logLevels: readonly Severity[] = severities;

/** Sets the service name of all lines, the least severity written, and where lines go. */
export function configureLog(options: {
  service?: string;
  level?: Severity;
  write?: (line: string) => void;
}): void {
  if (options.service !== undefined) output.service = options.service;
  if (options.level !== undefined) output.least = severities.indexOf(options.level);
  if (options.write !== undefined) output.write = options.write;
}

// The names that log collectors know (Cloud Logging's LogSeverity).
const severityNames = ["DEBUG", "INFO", "WARNING", "ERROR"];

function writeLine(severity: number, message: string, fields: LogFields = {}): void {
  if (severity < output.least) return;
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
