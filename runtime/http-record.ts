import type { IncomingMessage, ServerResponse } from "node:http";
import { type Span, SpanStatusCode } from "@opentelemetry/api";
import { histogram } from "./metrics.ts";

const duration = histogram({
  name: "http_server_request_duration_seconds",
  help: "How long the function took to answer an HTTP request, in seconds.",
  // `cold`: whether the request waited for a cold start, of its own function or of a dependency.
  labels: ["http_request_method", "http_route", "http_response_status_code", "cold"],
});

/**
 * Whether the client disconnected before its response was complete, for a response that is closed. A response
 * that the handler aborted has an error.
 */
export function isAbandoned(response: ServerResponse): boolean {
  return !response.writableFinished && response.errored === null;
}

// nginx's "client closed request": no status was sent, or no client received it.
const clientClosedRequest = 499;

/**
 * Records a request, whose response is closed, in its span and in the metric. If the client has
 * disconnected, the status is 499, which is not an error of a server span.
 *
 * @param measured milliseconds until the response was closed, whether the request waited for a cold start,
 *   and the route that answered it ("" if none was set)
 */
export function recordRequest(
  span: Span,
  request: IncomingMessage,
  response: ServerResponse,
  { durationMs, isCold, route }: { durationMs: number; isCold: boolean; route: string },
): void {
  const method = methodLabel(request.method);
  const status = isAbandoned(response) ? clientClosedRequest : response.statusCode;
  if (route !== "") {
    span.updateName(`${method} ${route}`);
    span.setAttribute("http.route", route);
  }
  span.setAttributes({
    "http.request.method": method,
    "url.path": pathOf(request),
    "http.response.status_code": status,
  });
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  duration.observe(
    {
      http_request_method: method,
      http_route: route,
      http_response_status_code: String(status),
      cold: String(isCold),
    },
    durationMs / 1000,
    span.spanContext(),
  );
}

const rejections = new Map<string, { observe(value: number): void }>();

/** Counts a request that was rejected with status 503 before its span started. */
export function recordRejection(request: IncomingMessage): void {
  const method = methodLabel(request.method);
  let rejection = rejections.get(method);
  if (!rejection) {
    const labels = {
      http_request_method: method,
      http_route: "",
      http_response_status_code: "503",
      cold: "false",
    };
    rejection = duration.child(labels);
    rejections.set(method, rejection);
  }
  rejection.observe(0);
}

/** The path of a request's target, without its query. */
export function pathOf(request: IncomingMessage): string {
  return (request.url ?? "").split("?", 1)[0] ?? "";
}

const knownMethods = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]);

/**
 * A request's method by the semantic conventions: an unknown one becomes `_OTHER`, so that callers
 * cannot add label values.
 */
export function methodLabel(method: string | undefined): string {
  return method !== undefined && knownMethods.has(method) ? method : "_OTHER";
}
