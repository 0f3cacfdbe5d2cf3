import { formatLogLine, type LogFields } from "#runtime/log.ts";

/** The destination of the platform's and the functions' log lines: standard output, none, or a receiver. */
export type LogTarget = "inherit" | "ignore" | ((line: string) => void);

/** Writes the platform's own lines in the functions' format, and the functions' lines unchanged. */
export interface PlatformLog {
  /** Logs an event of normal operation. */
  info(message: string, fields?: LogFields): void;
  /** Logs a failure that was handled. */
  warn(message: string, fields?: LogFields): void;
  /** Logs a failure that needs attention. */
  error(message: string, fields?: LogFields): void;
  /** Writes a line of a function unchanged; without its line end. */
  pass(line: string): void;
  /** The latest lines, at most 5,000, oldest first. */
  recent(): readonly string[];
  /** Calls the listener with each new line until the returned function is called. */
  follow(listener: (line: string) => void): () => void;
}

// Enough for a few minutes with visitors.
const keptLines = 5000;

/** Creates the platform's log. Lines are JSON with the same fields as the functions' own. */
export function createPlatformLog(target: LogTarget): PlatformLog {
  const lines: string[] = [];
  const listeners = new Set<(line: string) => void>();
  if (target === "inherit") listeners.add((line) => void process.stdout.write(`${line}\n`));
  else if (target !== "ignore") listeners.add(target);
  const write = (line: string) => {
    lines.push(line);
    if (lines.length > keptLines) lines.shift();
    for (const listener of listeners) listener(line);
  };
  const writeAs =
    (severity: string) =>
    (message: string, fields: LogFields = {}) => {
      const timestamp = new Date().toISOString();
      write(formatLogLine({ timestamp, severity, message, service: "platform" }, fields));
    };
  return {
    info: writeAs("INFO"),
    warn: writeAs("WARNING"),
    error: writeAs("ERROR"),
    pass: write,
    recent: () => [...lines],
    follow: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
