import { createServer, type RequestListener, type Server } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { methodNotAllowed } from "hono/method-not-allowed";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { httpServerOptions } from "#runtime/connection-limits.ts";
import { listenOn, portOf } from "#runtime/listen.ts";
import { RequestError } from "#runtime/request-error.ts";
import type { PlatformLog } from "../log/platform-log.ts";
import { capConnections } from "../ports/cap-connections.ts";
import type { PlatformLimits } from "../ports/limits.ts";
import type { PlatformRoutes } from "../ports/platform-routes.ts";

/** The platform's own port: it limits connections and mounts the routes of the console, Zipkin and broker. */
export class Ingress {
  readonly #server: Server;
  readonly #log: PlatformLog;
  #listener: RequestListener = (_, response) => {
    response.writeHead(503, { "retry-after": "1" }).end("the platform is starting\n");
  };

  /** Applies `limits` to every connection and reports connections above the maximum to `log`. */
  constructor(limits: PlatformLimits, log: PlatformLog) {
    this.#log = log;
    this.#server = createServer(httpServerOptions(limits), (request, response) =>
      this.#listener(request, response),
    );
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

function refuseMethod(c: Context, methods: readonly string[]): Response {
  const allow = methods.join(", ");
  return c.text(`${c.req.method} is not allowed here: use ${allow}\n`, 405, { allow });
}
