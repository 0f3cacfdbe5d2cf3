import { log } from "#runtime/log.ts";
import { currentTraceId } from "#runtime/tracing.ts";
import { renderErrorPage } from "../pages/error.ts";
import { defaultCurrencyCode } from "../shop/currencies.ts";
import { explainFailure, type Failure } from "./explain-failure.ts";
import { sendPage } from "./send-page.ts";
import type { Storefront, StorefrontContext } from "./storefront.ts";

/**
 * Sends the error page for what a route threw, or for a status of our own. It calls no function:
 * the one that failed may be the one that would be asked.
 */
export function sendFailure(
  c: StorefrontContext,
  shop: Storefront,
  cause: unknown,
): Response | Promise<Response> {
  const failure = typeof cause === "number" ? ownFailure(c, cause) : explainFailure(cause);
  logFailure(c, failure, cause);
  if (failure.status === 503) c.header("retry-after", "2");
  // An address outside the pages fails before a visit was opened.
  if (!c.get("visit")) c.set("visit", { sessionId: "", currencyCode: defaultCurrencyCode });
  return sendPage(c, shop, {
    title: `Error ${failure.status}`,
    body: renderErrorPage({ ...failure, traceId: currentTraceId() }),
    header: undefined,
    status: failure.status,
  });
}

function ownFailure(c: StorefrontContext, status: number): Failure {
  if (status !== 405) return { status: 404, sentence: "There is no page at this address." };
  return { status: 405, sentence: `This address does not take ${c.req.method} requests.` };
}

function logFailure(c: StorefrontContext, { status }: Failure, cause: unknown): void {
  if (status < 500) return;
  const fields = { method: c.req.method, path: c.req.path, status, error: cause };
  log.error("a page could not be made", fields);
}
