import { createServer, type RequestListener, type Server, type ServerResponse } from "node:http";
import { httpServerOptions } from "#runtime/connection-limits.ts";
import { listenOn, portOf } from "#runtime/listen.ts";
import { refuseConnect } from "#runtime/refuse-connect.ts";
import type { PlatformLog } from "../log/platform-log.ts";
import { capConnections } from "../ports/cap-connections.ts";
import type { PlatformLimits } from "../ports/limits.ts";
import { type Refusal, refuseRequest } from "./refuse-request.ts";

/** The platform's own port, for the console, Zipkin's API and the broker: it limits connections. */
export class Ingress {
  readonly #server: Server;
  #listener: RequestListener = (_, response) => {
    response.writeHead(503, { "retry-after": "1" }).end("the platform is starting\n");
  };

  /**
   * Applies `limits` to every connection and reports connections above the maximum to `log`. Refuses
   * requests as `refuseRequest` does, with the value of HOST as `ownHost`.
   */
  constructor(limits: PlatformLimits, log: PlatformLog, ownHost: string) {
    this.#server = createServer(httpServerOptions(limits), (request, response) => {
      const refusal = refuseRequest(request, ownHost);
      if (refusal) sendRefusal(response, refusal);
      else this.#listener(request, response);
    });
    refuseConnect(this.#server);
    capConnections(this.#server, "the console's port", limits.maxConnections, log);
  }

  /** The bound port. */
  get port(): number {
    return portOf(this.#server);
  }

  /** Binds the port; rejects with the system's error, such as EADDRINUSE. */
  async listen(host: string, port: number): Promise<void> {
    await listenOn(this.#server, { host, port });
  }

  /**
   * Serves requests from now on. Until then they are answered with 503.
   *
   * @param load loads the routes at the first request: they take a quarter of the time and of the memory of a start
   */
  serve(load: () => Promise<RequestListener>): void {
    let loading: Promise<RequestListener> | undefined;
    this.#listener = async (request, response) => {
      loading ??= load();
      this.#listener = await loading;
      this.#listener(request, response);
    };
  }

  /** Frees the port and closes all connections. */
  close(): void {
    if (this.#server.listening) this.#server.close();
    this.#server.closeAllConnections();
  }
}

// The connection is closed, because the request may have a body, which is not read.
function sendRefusal(response: ServerResponse, { status, message }: Refusal): void {
  const headers = { "content-type": "text/plain; charset=utf-8", connection: "close" };
  response.writeHead(status, headers).end(`${message}\n`);
}
