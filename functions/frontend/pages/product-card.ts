import { html } from "hono/html";
import type { Ad } from "#protos/hipstershop.ts";
import { type ShownProduct, showPrice } from "../shop/prices.ts";
import type { FileUrl, Html } from "./html.ts";

/** Products as a grid of cards; the first row's pictures are loaded at once, the rest when near. */
export function renderProductGrid(products: readonly ShownProduct[], fileUrl: FileUrl): Html {
  return html`<ul class="grid">${products.map((product, index) => renderCard(product, index < 4, fileUrl))}</ul>`;
}

function renderCard(product: ShownProduct, isEager: boolean, fileUrl: FileUrl): Html {
  const { name, picture, price, categories } = product;
  return html`<li class="card"><a href="${productPath(product.id)}">
<span class="shot"><img src="${fileUrl(picture)}" alt="" width="400" height="400"${!isEager && html` loading="lazy"`} decoding="async"></span>
<span class="card-text"><span class="name">${name}</span> <span class="price">${showPrice(price)}</span></span>
<span class="kind">${categories.join(" · ")}</span></a></li>`;
}

/** The path of a product's page. */
export function productPath(id: string): string {
  return `/product/${encodeURIComponent(id)}`;
}

/** Recommended products under a heading; nothing where there are none. */
export function renderSuggestions(products: readonly ShownProduct[], fileUrl: FileUrl): Html | "" {
  if (products.length === 0) return "";
  return html`<section class="suggestions" aria-labelledby="suggestions"><h2 id="suggestions">You may also like</h2>${renderProductGrid(products, fileUrl)}</section>`;
}

/** An ad; nothing where there is none, or where it leads out of the shop. */
export function renderAd(ad: Ad | undefined): Html | "" {
  if (!ad || !/^\/(?![/\\])/.test(ad.redirectUrl)) return "";
  return html`<aside class="ad" aria-label="Advertisement"><span class="ad-mark">Ad</span> <a href="${ad.redirectUrl}">${ad.text}</a></aside>`;
}
