import { PassThrough, Readable } from "node:stream";
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import type { LogFeed } from "../log/log-feed.ts";
import type { PlatformRoutes } from "../ports/platform-routes.ts";
import { answerPageFile, pagePaths } from "./page-files.ts";
import { sendStates } from "./send-states.ts";
import { buildState, type StateSources } from "./state.ts";

/** What the console works with. */
export interface ConsoleOptions extends StateSources {
  /** Calls the listener after each change of the state until the returned function is called. */
  readonly subscribe: (listener: () => void) => () => void;
  /** The log lines of the platform and the functions. */
  readonly logs: LogFeed;
}

/** The console's page, and its API: the state, the state as a stream, and the log lines. */
export function consoleRoutes(options: ConsoleOptions): PlatformRoutes {
  const routes: PlatformRoutes = new Hono();
  for (const path of pagePaths) routes.get(path, (c) => answerPageFile(c, path));
  routes.get("/api/state", (c) => {
    c.header("cache-control", "no-store");
    return c.json(buildState(options));
  });
  routes.get("/api/stream", (c) =>
    streamSSE(c, (stream) =>
      sendStates(stream, () => JSON.stringify(buildState(options)), options.subscribe),
    ),
  );
  routes.get("/api/logs", (c) => {
    const lines = readLog(options.logs, c.req.query("follow") !== undefined);
    c.header("content-type", "application/x-ndjson");
    c.header("cache-control", "no-store");
    return c.body(Readable.toWeb(lines));
  });
  return routes;
}

const maxWaitingBytes = 8 * 1024 * 1024;

/**
 * The log as newline-delimited JSON: the lines that are kept and, with `follow`, those to come. A
 * stream whose reader is too slow is destroyed.
 */
function readLog(feed: LogFeed, follow: boolean): Readable {
  const lines = new PassThrough();
  for (const line of feed.recent()) lines.write(`${line}\n`);
  if (!follow) return lines.end();
  const stop = feed.follow((line) => {
    lines.write(`${line}\n`);
    if (lines.writableLength > maxWaitingBytes) lines.destroy();
  });
  return lines.once("close", stop);
}
