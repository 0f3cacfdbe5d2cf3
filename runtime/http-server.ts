import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import {
  type Context,
  context,
  INVALID_SPAN_CONTEXT,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import type { WaitUntil } from "./background-work.ts";
import { type Call, type ColdStart, runAsCall } from "./call.ts";
import type { Health } from "./health.ts";
import { httpRouteOf } from "./http-route.ts";
import { log } from "./log.ts";
import { histogram } from "./metrics.ts";
import { type RequestScope, reportColdStart } from "./request-scope.ts";
import { headerGetter, recordError, tracer } from "./tracing.ts";

/** What a handler can do beside answering. */
export interface HttpContext {
  /** Registers work that goes on after the answer. */
  readonly waitUntil: WaitUntil;
}

/** Answers HTTP/1.1 requests. A rejection becomes a 500 if nothing was sent yet. */
export type HttpHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  context: HttpContext,
) => void | Promise<void>;

/** The HTTP/1.1 part of a function. */
export interface HttpDefinition {
  /** Answers what comes as HTTP/1.1 and is not `/health/*`. */
  http?: HttpHandler;
  /**
   * Whether requests for a path make no span: files that every page brings along would bury the
   * traces of the pages. They are counted in the metrics all the same.
   */
  untraced?: (path: string) => boolean;
  /**
   * The callees that the request after this one will probably need, by name; they are woken once a
   * path was answered without an error (PREWARM=predict).
   */
  predict?: (method: string, path: string) => readonly string[];
}

const duration = histogram({
  name: "http_server_request_duration_seconds",
  help: "How long the function took to answer an HTTP request, in seconds.",
  // Whether the request met a cold start, its own function's or a callee's.
  labels: ["http_request_method", "http_route", "http_response_status_code", "cold"],
});

/**
 * The HTTP/1.1 side of a function's port: `/health/liveness` and `/health/readiness` (func's
 * contract), and the function's own handler for everything else.
 */
export function createHttpServer(
  { http: handler, untraced, predict }: HttpDefinition,
  health: Health,
  scope: RequestScope,
): Server {
  const server = createServer({ noDelay: true, requestTimeout: 60_000 }, (request, response) => {
    // While it drains, each answer is the last one of its connection.
    if (health.draining) response.setHeader("connection", "close");
    const path = pathOf(request);
    const fail = (error: unknown) => answerFailure(response, error);
    if (path === "/health/liveness" || path === "/health/readiness") {
      answerHealth(path, request, response, health).catch(fail);
    } else if (handler) {
      answer({ handler, untraced, predict }, request, response, scope).catch(fail);
    } else {
      sendText(response, 404, `${path} is not served here: this function speaks gRPC`);
    }
  });
  server.keepAliveTimeout = 75_000;
  return server;
}

async function answerHealth(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  health: Health,
): Promise<void> {
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("allow", "GET, HEAD");
    return sendText(response, 405, `${request.method} is not allowed on ${path}: use GET`);
  }
  const problem = path === "/health/readiness" ? await health.check() : undefined;
  return sendText(response, problem ? 503 : 200, problem ?? "ok");
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${text}\n`);
}

async function answer(
  {
    handler,
    untraced,
    predict,
  }: { handler: HttpHandler } & Pick<HttpDefinition, "untraced" | "predict">,
  request: IncomingMessage,
  response: ServerResponse,
  scope: RequestScope,
): Promise<void> {
  const startTime = Date.now();
  const startMs = performance.now();
  scope.inFlight.begin();
  response.once("close", () => scope.inFlight.end());
  if (scope.telemetry.pending) await scope.telemetry.pending;
  const method = methodLabel(request.method);
  const parent = extractTrace(request);
  const isTraced = !untraced?.(pathOf(request));
  const span = isTraced
    ? tracer.startSpan(method, { kind: SpanKind.SERVER, startTime }, parent)
    : trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
  const coldStarts: ColdStart[] = [];
  if (isTraced) reportColdStart(scope, span, coldStarts);

  response.once("close", () => {
    const durationMs = performance.now() - startMs;
    const route = httpRouteOf(request);
    const status = String(response.statusCode);
    describeSpan(span, request, response, method, route);
    // Both times are given: the SDK's own clock has whole milliseconds beside a given start.
    span.end(startTime + durationMs);
    duration.observe(
      {
        http_request_method: method,
        http_route: route,
        http_response_status_code: status,
        cold: String(coldStarts.length > 0),
      },
      durationMs / 1000,
      span.spanContext(),
    );
    if (predict && response.statusCode < 400) {
      context.with(trace.setSpan(parent, span), () => {
        try {
          scope.prewarmer.predict(predict(method, pathOf(request)));
        } catch (error) {
          log.warn("cannot predict the next request", { error });
        }
      });
    }
  });
  const { waitUntil } = scope.background;
  const active = trace.setSpan(parent, span);
  await run(active, response, { coldStarts, waitUntil }, () =>
    handler(request, response, { waitUntil }),
  );
}

async function run(
  active: Context,
  response: ServerResponse,
  call: Pick<Call, "coldStarts" | "waitUntil">,
  work: () => void | Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  // After the end of an answer, calls that are background work go on.
  response.once("close", () => {
    if (!response.writableFinished) controller.abort();
  });
  const inherited = { ...call, deadlineMs: Infinity, signal: controller.signal };
  try {
    await context.with(active, () => runAsCall(inherited, work));
  } catch (error) {
    const span = trace.getSpan(active);
    if (span) recordError(span, error);
    context.with(active, () => answerFailure(response, error));
  }
}

function answerFailure(response: ServerResponse, error: unknown): void {
  log.error("the HTTP handler failed", { error });
  if (response.headersSent) response.destroy();
  else sendText(response, 500, "internal error");
}

function describeSpan(
  span: Span,
  request: IncomingMessage,
  response: ServerResponse,
  method: string,
  route: string,
): void {
  if (route !== "") {
    span.updateName(`${method} ${route}`);
    span.setAttribute("http.route", route);
  }
  span.setAttributes({
    "http.request.method": method,
    "url.path": pathOf(request),
    "http.response.status_code": response.statusCode,
  });
  if (response.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
}

// HTTP is where requests enter the shop: their trace is continued, but what a visitor's baggage says
// is not for the functions behind. (Knative's Broker, the other client, sends none.)
function extractTrace({ headers }: IncomingMessage): Context {
  return propagation.deleteBaggage(propagation.extract(ROOT_CONTEXT, headers, headerGetter));
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? "").split("?", 1)[0] ?? "";
}

const knownMethods = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]);

// Semantic conventions: an unknown method becomes _OTHER, so that callers cannot grow the metric.
function methodLabel(method: string | undefined): string {
  return method !== undefined && knownMethods.has(method) ? method : "_OTHER";
}
