import { html } from "hono/html";
import type { Html } from "./html.ts";

/**
 * An error page. It contains no details of the implementation.
 *
 * @param status the HTTP status
 * @param message the description of the error; if it is empty, a general message for the status is shown
 * @param traceId the ID of the request's trace; undefined if it is not recorded
 */
export function renderErrorPage(
  status: number,
  message: string,
  traceId: string | undefined,
): Html {
  const [heading, general] = texts[status] ?? texts[status < 500 ? 400 : 500] ?? [];
  return html`<section class="failure">
<p class="failure-status">${status}</p>
<h1>${heading}</h1>
<p class="lead">${message || general}</p>
<p><a class="button" href="/">Back to the shop</a></p>
${traceId && html`<p class="failure-trace">To report the error, include the trace ID: <code>${traceId}</code></p>`}
</section>`;
}

const texts: Readonly<Record<number, readonly [heading: string, message: string]>> = {
  400: ["Invalid request", "The shop cannot process this request."],
  403: ["Form rejected", "The form was sent from another site."],
  404: ["Page not found", "This page does not exist, or the product is sold out."],
  405: ["Method not allowed", "This page does not support the method of the request."],
  413: ["Form too large", "The form is larger than the maximum."],
  415: ["Form not supported", "The shop does not support this media type."],
  429: ["Too many requests", "Try again in a moment."],
  500: ["Something went wrong", "Your cart is safe. Try again."],
  503: [
    "Not available right now",
    "A part of the shop is not available. Your cart is safe. Try again in a moment.",
  ],
  504: ["No answer in time", "Your cart is safe. Try again in a moment."],
};
