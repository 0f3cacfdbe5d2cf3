import type { ContentfulStatusCode } from "hono/utils/http-status";
import { formatServerTiming, serverTimingHeader } from "#runtime/server-timing.ts";
import { currentTraceId } from "#runtime/tracing.ts";
import type { Html } from "../pages/html.ts";
import { renderLayout } from "../pages/layout.ts";
import type { HeaderData } from "../shop/header-data.ts";
import { sendHtml } from "./send-html.ts";
import type { Storefront, StorefrontContext } from "./storefront.ts";

/** One page without what surrounds every page. */
export interface Page {
  /** What the browser's tab says in front of the shop's name. */
  title: string;
  /** The content of `<main>`. */
  body: Html;
  /** The header's data; undefined where it is not known, as on an error page. */
  header: HeaderData | undefined;
  /** 200 by default. */
  status?: ContentfulStatusCode;
  /** What was searched for, to keep it in the search field. */
  query?: string;
  /** Whether the currency can be switched here: not on the answer to a POST, as in Online Boutique. */
  canSwitchCurrency?: boolean;
}

/**
 * Sends a page. Called when all other work for it is done, so that footer and Server-Timing name
 * every cold start that it waited for.
 */
export function sendPage(c: StorefrontContext, shop: Storefront, page: Page): Promise<Response> {
  const { coldStarts } = c.env.context;
  if (coldStarts.length > 0) c.header(serverTimingHeader, formatServerTiming(coldStarts));
  // Pages depend on cookies: the browser may keep one for going back, but has to ask again.
  c.header("cache-control", "private, no-cache");
  const { title, body, header, query = "", canSwitchCurrency = true, status = 200 } = page;
  const document = renderLayout({
    title,
    body,
    query,
    visit: c.var.visit,
    currencyCodes: canSwitchCurrency && header ? header.currencyCodes : [],
    cartSize: header?.cartSize,
    message: shop.message,
    fileUrl: shop.files.url,
    traceId: currentTraceId(),
    coldStarts,
  });
  return sendHtml(c, document, status);
}
