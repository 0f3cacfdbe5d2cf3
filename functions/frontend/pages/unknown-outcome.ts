import { html } from "hono/html";
import type { Html } from "./html.ts";
import { orderPath } from "./order.ts";

/** The page for an order that may or may not have been placed, with what to do. */
export function renderUnknownOutcome(orderId: string, traceId: string | undefined): Html {
  return html`<section class="outcome charging">
<p class="eyebrow">Order being looked into</p>
<h1>We do not know yet whether your order was placed.</h1>
<p class="lead">The shop got no answer in time. An order is either completed, or cancelled and refunded.</p>
<h2>What you can do</h2>
<ul class="choices">
<li>Check the order in a minute. If its page does not exist after ten minutes, nothing was charged: order again from your cart.</li>
<li>Or go back and send the same form again, at any time: it never orders twice.</li>
</ul>
<p class="next"><a class="button" href="${orderPath(orderId)}">Check the order</a></p>
<dl class="receipt">
<div><dt>Order number</dt><dd><code>${orderId}</code></dd></div>
${traceId && html`<div><dt>Trace ID, to report the problem</dt><dd><code>${traceId}</code></dd></div>`}
</dl>
</section>`;
}
