import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** An HTTP server on 127.0.0.1 that accepts spans and drops them. */
export interface SpanSink extends AsyncDisposable {
  /** The URL for a Zipkin exporter. */
  readonly url: string;
}

/** Starts a span sink on a free port. */
export async function startSpanSink(): Promise<SpanSink> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(202).end();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/api/v2/spans`,
    [Symbol.asyncDispose]: async () => {
      server.close().closeAllConnections();
    },
  };
}
