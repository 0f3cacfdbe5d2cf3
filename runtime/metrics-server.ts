import { createServer } from "node:http";
import { type ListenOptions, listenOn } from "./listen.ts";
import { renderMetrics } from "./metrics.ts";

/** The port that Prometheus scrapes. */
export interface MetricsServer {
  readonly port: number;
  close(): void;
}

/**
 * Serves `GET /metrics` on a port of its own, so that a scrape neither wakes a function nor keeps
 * it awake: it does not pass the platform's proxy. Rejects with the system's error.
 */
export async function openMetricsServer(listen: ListenOptions): Promise<MetricsServer> {
  const server = createServer(async (request, response) => {
    if (request.url !== "/metrics" || (request.method !== "GET" && request.method !== "HEAD")) {
      response.writeHead(404).end("only GET /metrics is served here\n");
      return;
    }
    const { contentType, body } = await renderMetrics();
    response.writeHead(200, { "content-type": contentType }).end(body);
  });
  const port = await listenOn(server, listen);
  // Metrics are no reason to stay alive.
  server.unref();
  return {
    port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
