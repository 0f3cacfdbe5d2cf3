import { PassThrough, Readable } from "node:stream";
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import type { Changes } from "../changes.ts";
import type { PlatformLog } from "../log/platform-log.ts";
import type { PlatformRoutes } from "../ports/platform-routes.ts";
import { answerPageFile, pagePaths } from "./page-files.ts";
import { sendStates } from "./send-states.ts";
import { buildState, type StateSources } from "./state.ts";

/** The data sources of the console. */
export interface ConsoleOptions extends StateSources {
  /** The changes of the state. */
  readonly changes: Changes;
  /** The log lines of the platform and the functions. */
  readonly log: PlatformLog;
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
    streamSSE(c, (stream) => sendStates(stream, () => buildState(options), options.changes)),
  );
  routes.get("/api/logs", (c) => {
    const lines = readLog(options.log, c.req.query("follow") !== undefined);
    c.header("content-type", "application/x-ndjson");
    c.header("cache-control", "no-store");
    return c.body(Readable.toWeb(lines));
  });
  return routes;
}

const maxWaitingBytes = 8 * 1024 * 1024;

// The kept log lines and, with `follow`, new ones. The stream of a slow reader is destroyed.
function readLog(log: PlatformLog, follow: boolean): Readable {
  const lines = new PassThrough();
  const write = (line: string) => {
    lines.write(`${line}\n`);
    if (lines.writableLength > maxWaitingBytes) lines.destroy();
  };
  log.recent().forEach(write);
  if (!follow) return lines.end();
  return lines.once("close", log.follow(write));
}
