import { html } from "hono/html";
import type { Html } from "./html.ts";

/**
 * An error page.
 *
 * @param status the HTTP status
 * @param message what happened, without details of the implementation
 * @param traceId the ID of the request's trace; undefined if it is not recorded
 */
export function renderErrorPage(
  status: number,
  message: string,
  traceId: string | undefined,
): Html {
  return html`<section class="failure">
<p class="failure-status">${status}</p>
<h1>${headings[status] ?? headings[status < 500 ? 400 : 500]}</h1>
<p class="lead">${message}</p>
<p><a class="button" href="/">Back to the shop</a></p>
${traceId && html`<p class="failure-trace">To report the error, include the trace ID: <code>${traceId}</code></p>`}
</section>`;
}

const headings: Readonly<Record<number, string>> = {
  400: "Invalid request",
  403: "Form rejected",
  404: "Page not found",
  405: "Method not allowed",
  413: "Form too large",
  415: "Form not supported",
  429: "Too many requests",
  500: "Something went wrong",
  503: "Not available right now",
  504: "No answer in time",
};
