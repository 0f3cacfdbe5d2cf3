import { html } from "hono/html";
import type { Ad } from "#protos/hipstershop.ts";
import { formatMoney } from "#runtime/money.ts";
import type { ShownProduct } from "../shop/prices.ts";
import type { Html } from "./html.ts";

/** A grid of products. Browsers load pictures below the first row only when they are near the viewport. */
export function renderProductGrid(products: readonly ShownProduct[]): Html {
  return html`<ul class="grid">${products.map((product, index) => renderCard(product, index < 4))}</ul>`;
}

function renderCard({ id, name, pictureUrl, price, categories }: ShownProduct, isEager: boolean) {
  return html`<li class="card"><a href="${productPath(id)}">
<span class="shot"><img src="${pictureUrl}" alt="" width="400" height="400"${!isEager && html` loading="lazy"`} decoding="async"></span>
<span class="card-text"><span class="name">${name}</span> <span class="price">${formatMoney(price)}</span></span>
<span class="kind">${categories.join(" · ")}</span></a></li>`;
}

/** The path of a product's page. */
export function productPath(id: string): string {
  return `/product/${encodeURIComponent(id)}`;
}

/** Recommended products with a heading; "" if there are none. */
export function renderSuggestions(products: readonly ShownProduct[]): Html | "" {
  if (products.length === 0) return "";
  return html`<section class="suggestions" aria-labelledby="suggestions"><h2 id="suggestions">You may also like</h2>${renderProductGrid(products)}</section>`;
}

/** An ad; "" if there is none or if it links to another site. */
export function renderAd(ad: Ad | undefined): Html | "" {
  if (!ad || !/^\/(?![/\\])/.test(ad.redirectUrl)) return "";
  return html`<aside class="ad" aria-label="Advertisement"><span class="ad-mark">Ad</span> <a href="${ad.redirectUrl}">${ad.text}</a></aside>`;
}
