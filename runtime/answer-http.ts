import type { IncomingMessage, ServerResponse } from "node:http";
import {
  type Context,
  context,
  INVALID_SPAN_CONTEXT,
  propagation,
  SpanKind,
  trace,
} from "@opentelemetry/api";
import { type HttpFaultPoint, withHttpFaults } from "./fault-hook.ts";
import { isAbandoned, methodLabel, pathOf, recordRejection, recordRequest } from "./http-record.ts";
import { requestRoot } from "./linked-context.ts";
import { log } from "./log.ts";
import { type OutgoingScope, type RequestContext, runInScope } from "./request-context.ts";
import { type BusyAnswer, sendBusy } from "./request-limit.ts";
import { type RequestScope, reportColdStart } from "./request-scope.ts";
import type { ColdStart } from "./server-timing.ts";
import { headerGetter, recordError, tracer } from "./tracing.ts";

/** The context of a request, for its handler. HTTP/1.1 has no deadline. */
export interface HttpContext extends RequestContext {
  /**
   * Sets the route that answers the request, such as `/product/{id}`: it names the server span and
   * labels the duration metric. Without it a request counts as route "" (unmatched).
   */
  setRoute(route: string): void;
}

/** Answers an HTTP/1.1 request. A rejection becomes a 500 if nothing was sent yet. */
export type HttpHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  context: HttpContext,
) => void | Promise<void>;

/** The HTTP/1.1 part of a function. */
export interface HttpDefinition {
  /** Answers HTTP/1.1 requests for other paths than `/health/*`. */
  http?: HttpHandler;
  /**
   * Whether requests for a path are not traced: otherwise most traces would be of the files that each page
   * loads. The metrics count these requests.
   */
  untraced?: (path: string) => boolean;
  /** Whether a path is a health check in addition to `/health/*`: it is answered beyond the limit of requests in flight. */
  isHealthCheck?: (path: string) => boolean;
  /** Chooses the answer to a request beyond the limit; a line of text if it is undefined. */
  answerBusy?: (request: IncomingMessage) => BusyAnswer | undefined;
  /**
   * The names of the dependencies that the next request will probably need. They are warmed up after a
   * path was answered without an error (PREWARM=predict).
   */
  predict?: (method: string, path: string) => readonly string[];
}

/** Answers a request with the function's handler: traced, counted, and with the faults of the process. */
export async function answerRequest(
  {
    handler,
    untraced,
    isHealthCheck,
    answerBusy,
    predict,
  }: HttpDefinition & { handler: HttpHandler },
  request: IncomingMessage,
  response: ServerResponse,
  scope: RequestScope,
): Promise<void> {
  const startTime = Date.now();
  const startMs = performance.now();
  const isLimited = !isHealthCheck?.(pathOf(request));
  if (isLimited && scope.limit.isReached) {
    scope.slowClients.endOverdue();
    if (!scope.queue.makeRoom()) return reject(request, response, scope, answerBusy);
  }
  scope.inFlight.start();
  response.once("close", () => scope.inFlight.end());
  const endAnswer = scope.slowClients.watch(request, response);
  const turn = isLimited ? scope.queue.enter(response) : undefined;
  if (turn && !(await turn)) {
    reject(request, response, scope, answerBusy);
    return endAnswer();
  }
  if (scope.telemetry.pending) await scope.telemetry.pending;
  const parent = extractTrace(request);
  const isTraced = !untraced?.(pathOf(request));
  const span = isTraced
    ? tracer.startSpan(methodLabel(request.method), { kind: SpanKind.SERVER, startTime }, parent)
    : trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
  const coldStarts: ColdStart[] = [];
  if (isTraced) reportColdStart(scope, span, coldStarts);
  const active = trace.setSpan(parent, span);
  let route = "";
  const record = () => {
    const durationMs = performance.now() - startMs;
    recordRequest(span, request, response, { durationMs, isCold: coldStarts.length > 0, route });
    // The end is given too: with a given start, the SDK would measure the end in whole milliseconds.
    span.end(startTime + durationMs);
    if (predict && response.writableFinished && response.statusCode < 400) {
      context.with(active, () => predictNext(predict, request, scope));
    }
  };
  // The client may have disconnected during the cold start.
  if (response.closed) return record();
  response.once("close", record);
  const controller = new AbortController();
  // Calls that are background work continue after the end of a response.
  response.once("close", () => {
    if (isAbandoned(response)) controller.abort();
  });
  const answered = {
    signal: controller.signal,
    deadline: undefined,
    coldStarts,
    waitUntil: scope.background.waitUntil,
    setRoute: (name: string) => {
      route = name;
    },
  };
  const work = () => handler(request, response, answered);
  const describe = (): HttpFaultPoint => ({
    side: "server",
    target: `${methodLabel(request.method)} ${pathOf(request)}`,
    span,
    signal: answered.signal,
    response,
    setRoute: answered.setRoute,
  });
  await run(active, response, answered, () => withHttpFaults(describe, work));
  endAnswer();
}

function reject(
  request: IncomingMessage,
  response: ServerResponse,
  { limit }: RequestScope,
  answerBusy: HttpDefinition["answerBusy"],
): void {
  limit.recordRejection("http");
  recordRejection(request);
  sendBusy(response, answerBusy?.(request));
}

function predictNext(
  predict: NonNullable<HttpDefinition["predict"]>,
  request: IncomingMessage,
  { prewarmer }: RequestScope,
): void {
  try {
    prewarmer.predict(predict(methodLabel(request.method), pathOf(request)));
  } catch (error) {
    log.warn("cannot predict the next request", { error });
  }
}

async function run(
  active: Context,
  response: ServerResponse,
  answered: OutgoingScope,
  work: () => void | Promise<void>,
): Promise<void> {
  try {
    await runInScope(answered, work, active);
  } catch (error) {
    if (answered.signal?.aborted) {
      return context.with(active, () =>
        log.info("the client disconnected before the response was complete", { error }),
      );
    }
    const span = trace.getSpan(active);
    if (span) recordError(span, error);
    context.with(active, () => answerFailure(response, error));
  }
}

/** Answers a request whose handler failed: 500, or an aborted response if it has started. */
export function answerFailure(response: ServerResponse, error: unknown): void {
  log.error("the HTTP handler failed", { error });
  // With an error, so that the request is not recorded as one whose client has disconnected.
  if (response.headersSent)
    response.destroy(new Error("the HTTP handler failed", { cause: error }));
  else sendText(response, 500, "internal error");
}

/** Sends a response of one line of text. */
export function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${text}\n`);
}

// Requests enter the shop by HTTP: their trace is continued, but a visitor's baggage is not passed on to
// other functions. (Knative's Broker, the other client, sends none.)
function extractTrace({ headers }: IncomingMessage): Context {
  return propagation.deleteBaggage(propagation.extract(requestRoot, headers, headerGetter));
}
