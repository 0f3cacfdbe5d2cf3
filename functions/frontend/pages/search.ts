import { html } from "hono/html";
import type { ShownProduct } from "../shop/prices.ts";
import type { Html } from "./html.ts";
import { renderProductGrid } from "./product-card.ts";

/** The maximum length of a search text, in UTF-16 code units. */
export const maxQueryLength = 100;

/** The results of a search; all products if the query is empty. */
export function renderSearchPage(query: string, products: readonly ShownProduct[]): Html {
  const count = products.length === 1 ? "1 product" : `${products.length} products`;
  return html`<section class="goods">
<h1>${query === "" ? "All products" : html`Results for “${query}”`}</h1>
<p class="count">${count} found by name or description</p>
${
  products.length > 0
    ? renderProductGrid(products)
    : html`<div class="empty"><p>No product matches. Try a shorter word, such as <a href="/search?q=mug">mug</a> or <a href="/search?q=summer">summer</a>.</p><p><a class="button" href="/">Show all products</a></p></div>`
}
</section>`;
}
