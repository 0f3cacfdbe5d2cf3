import type { ServerResponse } from "node:http";
import type { LogFeed } from "../log/log-feed.ts";

/**
 * Sends the log as newline-delimited JSON, the lines as the functions wrote them: those that are kept,
 * and with `follow` those to come until the reader leaves. A reader that does not read is left.
 */
export function sendLog(feed: LogFeed, follow: boolean, response: ServerResponse): void {
  response.writeHead(200, {
    "content-type": "application/x-ndjson",
    "cache-control": "no-store",
    connection: "close",
  });
  for (const line of feed.recent()) response.write(`${line}\n`);
  // A reader that follows learns at once that it is connected.
  response.flushHeaders();
  if (!follow) return void response.end();
  const stop = feed.follow((line) => {
    response.write(`${line}\n`);
    if (response.writableLength > mostWaitingBytes) response.destroy();
  });
  response.once("close", stop);
}

const mostWaitingBytes = 8 * 1024 * 1024;
