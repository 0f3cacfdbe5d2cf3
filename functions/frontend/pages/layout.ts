import { html } from "hono/html";
import type { ColdStart } from "#runtime/server-timing.ts";
import { labelCurrency } from "../shop/currencies.ts";
import type { Visit } from "../shop/storefront.ts";
import type { Html } from "./html.ts";
import { maxQueryLength } from "./search.ts";

interface LayoutView {
  /** The title, without the shop's name. */
  readonly title: string;
  readonly body: Html;
  /** The content of the search field. */
  readonly query: string;
  /** The visitor; undefined if no session was opened. */
  readonly visit: Visit | undefined;
  /** The currencies to choose from; [] hides the choice. */
  readonly currencyCodes: readonly string[];
  /** The number of items in the cart; undefined hides it. */
  readonly cartSize: number | undefined;
  readonly message: string | undefined;
  /** Returns the URL of a static file with its version. */
  readonly fileUrl: (path: string) => string;
  /** Undefined if the request is not recorded. */
  readonly traceId: string | undefined;
  /** The cold starts that the page caused. */
  readonly coldStarts: readonly ColdStart[];
}

const styleSheets = ["base", "header", "welcome", "pages", "cart", "order-form"] as const;

/** A page with its layout: the complete document. */
export function renderLayout(view: LayoutView): Html {
  const { title, body, message, fileUrl } = view;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="The Hipster Shop: everyday goods. Flat-rate shipping, no account needed.">
<meta name="theme-color" content="#fdfcf9">
<title>${title} · Hipster Shop</title>
<link rel="icon" type="image/svg+xml" href="${fileUrl("/static/img/favicon.svg")}">
${styleSheets.map((name) => html`<link rel="stylesheet" href="${fileUrl(`/static/css/${name}.css`)}">`)}
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="top">
${message && html`<p class="banner">${message}</p>`}
${renderBar(view)}
</header>
<main id="main" tabindex="-1">${body}</main>
${renderFooter(view)}
</body>
</html>
`;
}

function renderBar({ query, cartSize, currencyCodes, visit }: LayoutView): Html {
  return html`<div class="bar">
<a class="brand" href="/">${logo}<span>Hipster Shop</span></a>
<form class="search" role="search" method="get" action="/search">
<label class="sr" for="q">Search the shop</label>
<input id="q" name="q" type="search" value="${query}" maxlength="${maxQueryLength}" placeholder="Search the shop" autocomplete="off">
<button>Search</button>
</form>
${currencyCodes.length > 0 && renderCurrencySwitch(currencyCodes, visit?.currencyCode)}
<a class="cart-link" href="/cart">${bag}<span>Cart</span>${
    cartSize !== undefined &&
    html` <span class="badge">${cartSize}</span><span class="sr">${cartSize === 1 ? " item" : " items"}</span>`
  }</a>
</div>`;
}

function renderCurrencySwitch(codes: readonly string[], current: string | undefined): Html {
  return html`<form class="currency" method="post" action="/setCurrency">
<label class="sr" for="currency">Currency</label>
<select id="currency" name="currency_code">${codes.map(
    (code) =>
      html`<option value="${code}"${code === current && html` selected`}>${labelCurrency(code)}</option>`,
  )}</select>
<button>Set<span class="sr"> currency</span></button>
</form>`;
}

function renderFooter({ visit, traceId, coldStarts }: LayoutView): Html {
  return html`<footer class="bottom">
<div class="bottom-in">
<p class="bottom-brand">Hipster Shop</p>
<p>This is a demonstration: the products are drawings, no card is charged and nothing is shipped.</p>
${coldStarts.length > 0 && renderColdStarts(coldStarts)}
<dl class="facts">
${visit && html`<div><dt>Session</dt><dd><code>${visit.sessionId.slice(0, 8)}</code></dd></div>`}
${traceId && html`<div><dt>Trace</dt><dd><code>${traceId}</code></dd></div>`}
</dl>
<p><a href="/orders">Your orders</a></p>
<p><a href="/logout">Delete my session on this device</a></p>
</div>
</footer>`;
}

function renderColdStarts(coldStarts: readonly ColdStart[]): Html {
  const list = coldStarts.map(
    ({ service, durationMs }) => `${service} ${Math.round(durationMs)} ms`,
  );
  return html`<p class="cold-starts">Cold starts for this page: ${list.join(", ")}.</p>`;
}

/** The shop's logo. */
export const logo = html`<svg class="logo" viewBox="0 0 48 48" aria-hidden="true" focusable="false"><rect width="48" height="48" rx="14" fill="currentColor"/><g fill="none" stroke="#ffd873" stroke-width="3.5" stroke-linecap="round"><circle cx="15.500" cy="20" r="6.500"/><circle cx="32.500" cy="20" r="6.500"/><path d="M22 19q2-2 4 0M9 18l-2-2M39 18l2-2"/></g><path d="M24 33c-3-3.500-7-2.500-9 .5-1.200 1.800-3 2-4.500 1.200 1 4 5.500 5.300 9 3.800 2-.9 3.500-2.500 4.500-2.500s2.500 1.600 4.500 2.500c3.500 1.500 8 .2 9-3.800-1.500.8-3.300.6-4.500-1.200-2-3-6-4-9-.5z" fill="#ffd873"/></svg>`;
const bag = html`<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="M5 8h14l1 12H4L5 8Zm4 0V6.500a3 3 0 0 1 6 0V8" fill="none" stroke="currentColor" stroke-width="1.900" stroke-linejoin="round" stroke-linecap="round"/></svg>`;
