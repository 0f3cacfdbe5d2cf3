import { formatLogLine, type LogFields } from "#runtime/log.ts";
import { LogFeed } from "./log-feed.ts";

/** Where the platform's and the functions' log lines go: standard output, nowhere, or a receiver. */
export type LogTarget = "inherit" | "ignore" | ((line: string) => void);

/** Writes the platform's own lines in the functions' format, and passes theirs on. */
export interface PlatformLog {
  /** Logs an event of normal operation. */
  info(message: string, fields?: LogFields): void;
  /** Logs a failure that was handled. */
  warn(message: string, fields?: LogFields): void;
  /** Logs a failure that needs attention. */
  error(message: string, fields?: LogFields): void;
  /** Writes a line of a function unchanged; without its line end. */
  pass(line: string): void;
  /** All lines, for the console. */
  readonly feed: LogFeed;
}

/** Makes the platform's log. Lines are JSON with the same fields as the functions' own. */
export function createPlatformLog(target: LogTarget): PlatformLog {
  const feed = new LogFeed();
  const writeOut = writerFor(target);
  const write = (line: string) => {
    writeOut(line);
    feed.push(line);
  };
  const writeAs = (severity: string) => (message: string, fields?: LogFields) =>
    write(
      formatLogLine(
        { timestamp: new Date().toISOString(), severity, message, service: "platform" },
        fields ?? {},
      ),
    );
  return {
    info: writeAs("INFO"),
    warn: writeAs("WARNING"),
    error: writeAs("ERROR"),
    pass: write,
    feed,
  };
}

function writerFor(target: LogTarget): (line: string) => void {
  if (target === "ignore") return () => undefined;
  if (target !== "inherit") return target;
  return (line) => {
    process.stdout.write(`${line}\n`);
  };
}
