import { html } from "hono/html";
import type { ShownProduct } from "../shop/prices.ts";
import type { Html } from "./html.ts";
import { renderProductGrid } from "./product-card.ts";

interface HomeView {
  /** The products of the category. */
  readonly products: readonly ShownProduct[];
  readonly categories: readonly string[];
  /** The chosen category; "" for all products. */
  readonly category: string;
}

/** The home page: a welcome, the categories, and the products of one or all of them. */
export function renderHomePage(view: HomeView): Html {
  const { products, category } = view;
  return html`${category === "" && renderWelcome(products)}
<section class="goods" id="goods" aria-labelledby="goods-title">
${
  category === ""
    ? html`<h2 id="goods-title">All products</h2>`
    : html`<h1 id="goods-title" class="capital">${category}</h1>`
}
${renderCategories(view)}
${
  products.length > 0
    ? renderProductGrid(products)
    : html`<p class="empty">This category has no products. <a href="/">Show all products</a>.</p>`
}
</section>`;
}

function renderWelcome(products: readonly ShownProduct[]): Html {
  const pictures = products.slice(0, 3);
  return html`<section class="welcome">
<div class="welcome-text">
<p class="eyebrow">Everyday goods</p>
<h1>Few things.<br>Good ones.</h1>
<p class="lead">A small range of things to wear, to cook with and to keep, chosen to last.</p>
<p><a class="button" href="#goods">Show all products</a></p>
<ul class="promises"><li>Flat-rate shipping</li><li>No account needed</li><li>Six currencies</li></ul>
</div>
<div class="collage" aria-hidden="true">${pictures.map(
    ({ pictureUrl }) => html`<img src="${pictureUrl}" alt="" width="400" height="400">`,
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
