import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { connectionLimits, httpServerOptions } from "./connection-limits.ts";
import { type ListenOptions, listenOn } from "./listen.ts";
import { log } from "./log.ts";
import { renderMetrics } from "./metrics.ts";

/**
 * Serves `GET /metrics` on a separate port, so that a scrape neither starts a function nor keeps it from
 * scaling to zero: it does not pass through the platform's proxy. If a collector fails, the error is
 * logged and the response is 500. Rejects with the system's error, and resolves with the TCP port and
 * `close`, which closes the port and all connections at once.
 */
export async function openMetricsServer(
  listen: ListenOptions,
  limits = connectionLimits,
): Promise<{ port: number; close(): void }> {
  const server = createServer(httpServerOptions(limits), (request, response) => {
    answer(request, response).catch((error: unknown) => {
      log.error("cannot collect the metrics", { error });
      const reason = error instanceof Error ? error.message : String(error);
      response.writeHead(500).end(`cannot collect the metrics: ${reason}\n`);
    });
  });
  const port = await listenOn(server, listen);
  // The metrics port does not keep the process alive.
  server.unref();
  return {
    port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url !== "/metrics" || (request.method !== "GET" && request.method !== "HEAD")) {
    response.writeHead(404).end("this port serves GET /metrics only\n");
    return;
  }
  const { contentType, body } = await renderMetrics();
  response.writeHead(200, { "content-type": contentType }).end(body);
}
