import { html } from "hono/html";
import type { ShownProduct } from "../shop/prices.ts";
import type { FileUrl, Html } from "./html.ts";
import { renderProductGrid } from "./product-card.ts";

/** What the first page shows. */
export interface HomeView {
  /** The products of the category, or all. */
  readonly products: readonly ShownProduct[];
  /** All categories there are. */
  readonly categories: readonly string[];
  /** The chosen category; "" for all. */
  readonly category: string;
  readonly fileUrl: FileUrl;
}

/** The first page: a welcome, the categories, and the goods. */
export function renderHomePage(view: HomeView): Html {
  const { products, category, fileUrl } = view;
  return html`${category === "" && renderWelcome(view)}
<section class="goods" id="goods" aria-labelledby="goods-title">
${
  category === ""
    ? html`<h2 id="goods-title">The whole shelf</h2>`
    : html`<h1 id="goods-title" class="capital">${category}</h1>`
}
${renderCategories(view)}
${
  products.length > 0
    ? renderProductGrid(products, fileUrl)
    : html`<p class="empty">There is nothing on this shelf. <a href="/">See everything</a>.</p>`
}
</section>`;
}

function renderWelcome({ products, fileUrl }: HomeView): Html {
  const pictures = products.slice(0, 3);
  return html`<section class="welcome">
<div class="welcome-text">
<p class="eyebrow">Everyday goods</p>
<h1>Few things.<br>Good ones.</h1>
<p class="lead">A small shelf of things to wear, to cook with and to keep, picked for how they feel on the thousandth day.</p>
<p><a class="button" href="#goods">See the shelf</a></p>
<ul class="promises"><li>Flat-rate shipping</li><li>No account needed</li><li>Six currencies</li></ul>
</div>
<div class="collage" aria-hidden="true">${pictures.map(
    ({ picture }) => html`<img src="${fileUrl(picture)}" alt="" width="400" height="400">`,
  )}</div>
</section>`;
}

function renderCategories({ categories, category }: HomeView): Html {
  const links = ["", ...categories].map((name) => {
    const path = name === "" ? "/" : `/?category=${encodeURIComponent(name)}`;
    return html`<li><a href="${path}"${name === category && html` aria-current="page"`}>${name || "Everything"}</a></li>`;
  });
  return html`<nav class="categories" aria-label="Categories"><ul>${links}</ul></nav>`;
}
