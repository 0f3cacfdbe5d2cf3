import { html } from "hono/html";
import type { Html } from "./html.ts";

/** What an error page shows. */
export interface ErrorView {
  /** The HTTP status. */
  readonly status: number;
  /** What happened, for the visitor. */
  readonly sentence: string;
  /** The trace to look for; undefined where none is recorded. */
  readonly traceId: string | undefined;
}

/** An error page; nothing in it tells how the shop is built. */
export function renderErrorPage({ status, sentence, traceId }: ErrorView): Html {
  return html`<section class="failure">
<p class="failure-status">${status}</p>
<h1>${headings[status] ?? (status < 500 ? "That did not work" : "Something broke")}</h1>
<p class="lead">${sentence}</p>
<p><a class="button" href="/">Back to the shelf</a></p>
${traceId && html`<p class="failure-trace">If you ask us about it, name this trace: <code>${traceId}</code></p>`}
</section>`;
}

const headings: Readonly<Record<number, string>> = {
  403: "Not from here",
  404: "Nothing on this shelf",
  405: "Not this way",
  413: "Too large to carry",
  415: "Not a form we can read",
  503: "Back in a moment",
  504: "That took too long",
};
