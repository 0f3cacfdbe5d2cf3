import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { httpServerOptions } from "#runtime/connection-limits.ts";
import { listenOn, portOf } from "#runtime/listen.ts";
import { readBody } from "#runtime/read-body.ts";
import { RequestError } from "#runtime/request-error.ts";
import { parseSpans, SpanError } from "#traces/parse-zipkin.ts";
import { sendLog } from "../console/log-stream.ts";
import { buildState, type StateSources } from "../console/state.ts";
import { isPageFile, sendPageFile } from "../console/static.ts";
import { StateStream } from "../console/stream.ts";
import type { Broker } from "../events/broker.ts";
import type { PlatformLog } from "../log/platform-log.ts";
import { capConnections } from "../ports/cap-connections.ts";
import type { PlatformLimits } from "../ports/limits.ts";
import { answerZipkin } from "../zipkin/api.ts";
import type { SpanForwarder } from "../zipkin/forwarder.ts";

/** What the console's server works with. */
export interface ConsoleOptions extends StateSources {
  /** Takes the events. */
  broker: Broker;
  /** Takes spans for another tracing server, where one is set. */
  forwarder: SpanForwarder | undefined;
  /** Where failures are reported. */
  log: PlatformLog;
}

const mostSpansBytes = 5 * 1024 * 1024;
const mostEventBytes = 1024 * 1024;

/** The console's port: the page and its state, Zipkin's API, and the event broker. */
export class ConsoleServer {
  readonly #server: Server;
  #options: ConsoleOptions | undefined;
  readonly #stream = new StateStream(() => JSON.stringify(this.#state()));

  /** `limits` is what clients may do; connections that are too many are reported to `log`. */
  constructor(limits: PlatformLimits, log: PlatformLog) {
    this.#server = createServer(httpServerOptions(limits), (request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        this.#answerError(error, request, response);
      });
    });
    capConnections(this.#server, "the console's port", limits.maxConnections, log);
  }

  /** The port that was bound. */
  get port(): number {
    return portOf(this.#server);
  }

  /** Takes the port; rejects with the system's error, such as EADDRINUSE. */
  async listen(host: string, port: number): Promise<void> {
    await listenOn(this.#server, { host, port });
  }

  /** Answers from now on; requests before that get 503. */
  serve(options: ConsoleOptions): void {
    this.#options = options;
  }

  /** What the page shows has changed. */
  notify(): void {
    this.#stream.notify();
  }

  /** Gives the port back and ends what is open. */
  close(): void {
    this.#stream.close();
    if (this.#server.listening) this.#server.close();
    this.#server.closeAllConnections();
  }

  #ready(): ConsoleOptions {
    if (!this.#options) throw new RequestError(503, "the platform is starting");
    return this.#options;
  }

  #state(): unknown {
    return buildState(this.#ready());
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = URL.parse(request.url ?? "/", "http://console");
    if (!url) throw new RequestError(400, "the request's target is no URL");
    const path = url.pathname;
    if (path === "/events") return this.#takeEvent(request, response);
    if (path === "/api/v2/spans" && request.method === "POST") {
      return this.#takeSpans(request, response);
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      throw methodNotAllowed(request, response, path === "/api/v2/spans" ? "GET, POST" : "GET");
    }
    if (isPageFile(path)) return sendPageFile(path, request, response);
    if (path === "/api/state") return sendJson(response, 200, this.#state());
    if (path === "/api/stream") return this.#stream.add(response);
    if (path === "/api/logs") {
      return sendLog(this.#ready().log.feed, url.searchParams.has("follow"), response);
    }
    const zipkin = path.startsWith("/api/v2/")
      ? answerZipkin(this.#ready().traces, path.slice(7), url.searchParams, Date.now())
      : undefined;
    if (!zipkin) throw new RequestError(404, `${path} is not served here`);
    if (zipkin.status !== 200) throw new RequestError(zipkin.status, String(zipkin.body));
    sendJson(response, 200, zipkin.body);
  }

  async #takeSpans(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { traces, forwarder } = this.#ready();
    // Also what keeps a foreign page from sending any: its browser would have to ask first.
    if (!/^application\/json\b/i.test(request.headers["content-type"] ?? "")) {
      throw new RequestError(415, "content-type is not application/json: send Zipkin's JSON v2");
    }
    const text = (await readBody(request, mostSpansBytes)).toString("utf8");
    traces.add(parseSpans(text));
    forwarder?.send(text);
    response.writeHead(202).end();
    this.notify();
  }

  async #takeEvent(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== "POST") throw methodNotAllowed(request, response, "POST");
    const body = await readBody(request, mostEventBytes);
    await this.#ready().broker.accept(request.headers, body);
    response.writeHead(202).end();
    this.notify();
  }

  #answerError(error: unknown, request: IncomingMessage, response: ServerResponse): void {
    const status = statusOf(error);
    const message = error instanceof Error ? error.message : String(error);
    if (status === 500) {
      this.#options?.log.error(`the console could not answer ${request.url}: ${message}`);
    }
    if (response.headersSent) return void response.destroy();
    // What was not read of a body that is too large is not waited for.
    if (!request.complete) response.setHeader("connection", "close");
    const text = status === 500 ? "internal error" : message;
    response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${text}\n`);
  }
}

function statusOf(error: unknown): number {
  if (error instanceof RequestError) return error.status;
  return error instanceof SpanError ? 400 : 500;
}

function methodNotAllowed(
  request: IncomingMessage,
  response: ServerResponse,
  allowed: string,
): RequestError {
  response.setHeader("allow", allowed);
  return new RequestError(405, `${request.method} is not allowed here: use ${allowed}`);
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response
    .writeHead(status, { "content-type": "application/json", "cache-control": "no-store" })
    .end(JSON.stringify(body));
}
