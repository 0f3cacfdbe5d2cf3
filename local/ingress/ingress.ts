import { createServer, type RequestListener, type Server, type ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { methodNotAllowed } from "hono/method-not-allowed";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { httpServerOptions } from "#runtime/connection-limits.ts";
import { listenOn, portOf } from "#runtime/listen.ts";
import { refuseConnect } from "#runtime/refuse-connect.ts";
import { RequestError } from "#runtime/request-error.ts";
import type { PlatformLog } from "../log/platform-log.ts";
import { capConnections } from "../ports/cap-connections.ts";
import type { PlatformLimits } from "../ports/limits.ts";
import type { PlatformRoutes } from "../ports/platform-routes.ts";
import { type Refusal, refuseRequest } from "./refuse-request.ts";

/** The platform's own port: it limits connections and mounts the routes of the console, Zipkin and broker. */
export class Ingress {
  readonly #server: Server;
  readonly #log: PlatformLog;
  #listener: RequestListener = (_, response) => {
    response.writeHead(503, { "retry-after": "1" }).end("the platform is starting\n");
  };

  /**
   * Applies `limits` to every connection and reports connections above the maximum to `log`. Refuses
   * requests as `refuseRequest` does, with the value of HOST as `ownHost`.
   */
  constructor(limits: PlatformLimits, log: PlatformLog, ownHost: string) {
    this.#log = log;
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

  /** Serves these routes, each below its path. Until then requests are answered with 503. */
  serve(routes: Readonly<Record<string, PlatformRoutes>>): void {
    const app: PlatformRoutes = new Hono();
    app.use(methodNotAllowed({ app, onMethodNotAllowed: refuseMethod }));
    for (const [path, routesBelow] of Object.entries(routes)) app.route(path, routesBelow);
    app.notFound((c) => c.text(`${c.req.path} is not served here\n`, 404));
    app.onError((error, c) => this.#answerError(error, c));
    const options = { overrideGlobalObjects: false };
    this.#listener = getRequestListener((request, env) => app.fetch(request, env), options);
  }

  /** Frees the port and closes all connections. */
  close(): void {
    if (this.#server.listening) this.#server.close();
    this.#server.closeAllConnections();
  }

  #answerError(error: Error, c: Context): Response {
    if (error instanceof RequestError)
      return c.text(`${error.message}\n`, error.status as ContentfulStatusCode);
    this.#log.error(`${c.req.method} ${c.req.path} failed: ${error.message}`);
    return c.text("internal error\n", 500);
  }
}

// The connection is closed, because the request may have a body, which is not read.
function sendRefusal(response: ServerResponse, { status, message }: Refusal): void {
  const headers = { "content-type": "text/plain; charset=utf-8", connection: "close" };
  response.writeHead(status, headers).end(`${message}\n`);
}

function refuseMethod(c: Context, methods: readonly string[]): Response {
  const allow = methods.join(", ");
  return c.text(`${c.req.method} is not allowed here: use ${allow}\n`, 405, { allow });
}
