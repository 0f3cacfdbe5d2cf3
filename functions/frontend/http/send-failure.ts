import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { log } from "#runtime/log.ts";
import { httpStatusOf, StatusError } from "#runtime/status.ts";
import { currentTraceId } from "#runtime/tracing.ts";
import { renderErrorPage } from "../pages/error.ts";
import type { StorefrontContext } from "./context.ts";
import { sendPage } from "./send-page.ts";

/** Sends the error page for what a handler threw. It calls no function: the same one may have failed. */
export function sendFailure(c: StorefrontContext, error: unknown): Promise<Response> {
  const { status, message } = explainFailure(error);
  if (status >= 500) {
    log.error("a page failed", { method: c.req.method, path: c.req.path, status, error });
  }
  if (status === 503) c.header("retry-after", "2");
  return sendPage(c, {
    title: `Error ${status}`,
    body: renderErrorPage(status, message, currentTraceId()),
    status,
  });
}

/** The content of an error page. */
interface Failure {
  /** The HTTP status. */
  readonly status: ContentfulStatusCode;
  /** What happened, for the visitor. */
  readonly message: string;
}

/**
 * Explains an error to the visitor. The message of a StatusError is for operators, and may be that of
 * grpc-js or a proxy, so it is not shown.
 */
export function explainFailure(error: unknown): Failure {
  const status = statusOf(error) as ContentfulStatusCode;
  const fallback = messages[status] ?? messages[status < 500 ? 400 : 500] ?? "";
  return { status, message: (error instanceof HTTPException && error.message) || fallback };
}

function statusOf(error: unknown): number {
  if (error instanceof HTTPException) return error.status;
  if (!(error instanceof StatusError)) return 500;
  // 499 means that the client has left. This client is waiting, so the dependency cancelled the call.
  return error.code === "CANCELLED" ? 503 : httpStatusOf(error.code);
}

const messages: Readonly<Record<number, string>> = {
  400: "The shop does not understand this request.",
  403: "The form was sent from another site.",
  404: "This page does not exist, or the product is sold out.",
  429: "There were too many requests. Try again in a moment.",
  500: "An error occurred. Your cart is safe. Try again.",
  503: "A part of the shop is not available. Your cart is safe. Try again in a moment.",
  504: "The shop took too long to answer. Your cart is safe. Try again in a moment.",
};
