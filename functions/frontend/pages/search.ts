import { html } from "hono/html";
import type { ShownProduct } from "../shop/prices.ts";
import type { FileUrl, Html } from "./html.ts";
import { renderProductGrid } from "./product-card.ts";

/** The longest search text, in UTF-16 code units. */
export const maxQueryLength = 100;

/** What the search page shows. */
export interface SearchView {
  readonly query: string;
  readonly products: readonly ShownProduct[];
  readonly fileUrl: FileUrl;
}

/** The results of a search. */
export function renderSearchPage({ query, products, fileUrl }: SearchView): Html {
  const count = products.length === 1 ? "1 product" : `${products.length} products`;
  return html`<section class="goods">
<h1>${query === "" ? "All goods" : html`Results for “${query}”`}</h1>
<p class="count">${count} found by name or description</p>
${
  products.length > 0
    ? renderProductGrid(products, fileUrl)
    : html`<div class="empty"><p>Nothing on the shelf matches that. Try a shorter word, such as <a href="/search?q=mug">mug</a> or <a href="/search?q=summer">summer</a>.</p><p><a class="button" href="/">See everything</a></p></div>`
}
</section>`;
}
