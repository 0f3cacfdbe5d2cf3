import type { ContentfulStatusCode } from "hono/utils/http-status";
import { formatServerTiming, serverTimingHeader } from "#runtime/server-timing.ts";
import { currentTraceId } from "#runtime/tracing.ts";
import type { Html } from "../pages/html.ts";
import { renderLayout } from "../pages/layout.ts";
import type { HeaderData } from "../shop/header-data.ts";
import type { StorefrontContext } from "./context.ts";
import { sendHtml } from "./send-html.ts";

interface Page {
  /** The title, without the shop's name. */
  readonly title: string;
  readonly body: Html;
  /** Undefined if it is unknown, as on an error page. */
  readonly header?: HeaderData;
  /** The HTTP status; 200 by default. A page with an error status cannot switch the currency. */
  readonly status?: ContentfulStatusCode;
  /** The content of the search field; empty by default. */
  readonly query?: string;
}

/**
 * Sends a page. The footer and the Server-Timing header list the cold starts so far, so a handler calls
 * this last.
 */
export function sendPage(
  c: StorefrontContext,
  { title, body, header, status = 200, query = "" }: Page,
): Promise<Response> {
  const coldStarts = c.env?.context.coldStarts ?? [];
  if (coldStarts.length > 0) c.header(serverTimingHeader, formatServerTiming(coldStarts));
  if (status === 503) c.header("retry-after", "2");
  // Pages depend on cookies: browsers must revalidate a stored page.
  c.header("cache-control", "private, no-cache");
  const { files, message } = c.get("shop");
  const document = renderLayout({
    title,
    body,
    query,
    message,
    coldStarts,
    visit: c.get("visit"),
    // A page with an error status answers a form. Setting the currency cannot return to it.
    currencyCodes: status === 200 ? (header?.currencyCodes ?? []) : [],
    cartSize: header?.cartSize,
    fileUrl: files.url,
    traceId: currentTraceId(),
  });
  return sendHtml(c, document, status);
}
