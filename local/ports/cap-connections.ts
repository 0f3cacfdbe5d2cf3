import type { Server } from "node:net";
import type { PlatformLog } from "../log/platform-log.ts";

const logEveryMs = 10_000;

/**
 * Closes new connections while a server has its maximum, and logs that at most every ten seconds.
 *
 * @param name the name of the port in the log
 */
export function capConnections(
  server: Server,
  name: string,
  maxConnections: number,
  log: PlatformLog,
): void {
  server.maxConnections = maxConnections;
  let dropped = 0;
  let loggedMs = Number.NEGATIVE_INFINITY;
  server.on("drop", () => {
    dropped += 1;
    if (performance.now() - loggedMs < logEveryMs) return;
    loggedMs = performance.now();
    log.warn(
      `${name} has ${maxConnections} connections, which is its maximum: ${dropped} new ones were ` +
        "closed. Close connections that clients keep open, or start fewer clients.",
    );
    dropped = 0;
  });
}
