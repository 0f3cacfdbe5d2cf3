import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { log } from "#runtime/log.ts";
import { httpStatusOf, type StatusCode, StatusError } from "#runtime/status.ts";
import { currentTraceId } from "#runtime/tracing.ts";
import { renderErrorPage } from "../pages/error.ts";
import type { StorefrontContext } from "./context.ts";
import { sendPage } from "./send-page.ts";

/**
 * Sends the error page for an error that a handler threw. It calls no other function, because that
 * function may have failed. The message of a StatusError is for operators, and may be that of grpc-js or
 * a proxy, so it is not shown.
 */
export function sendFailure(c: StorefrontContext, error: unknown): Promise<Response> {
  const status = failureStatusOf(error) as ContentfulStatusCode;
  if (status >= 500) {
    log.error("a page failed", { method: c.req.method, path: c.req.path, status, error });
  }
  const message = error instanceof HTTPException ? error.message : "";
  return sendPage(c, {
    title: `Error ${status}`,
    body: renderErrorPage(status, message, currentTraceId()),
    status,
  });
}

/** The HTTP status of an error page. */
export function failureStatusOf(error: unknown): number {
  if (error instanceof HTTPException) return error.status;
  if (!(error instanceof StatusError)) return 500;
  return ownCodes.has(error.code) ? 503 : httpStatusOf(error.code);
}

// Their HTTP statuses would mean that the client has disconnected, has sent too many requests, or has no
// right. But it is the dependency that cancelled the call, is overloaded, or refuses the storefront.
const ownCodes: ReadonlySet<StatusCode> = new Set<StatusCode>([
  "CANCELLED",
  "RESOURCE_EXHAUSTED",
  "UNAUTHENTICATED",
  "PERMISSION_DENIED",
]);
