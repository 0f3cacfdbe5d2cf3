import { html } from "hono/html";
import type { Ad } from "#protos/hipstershop.ts";
import { formatMoney } from "#runtime/money.ts";
import type { FieldErrors } from "../forms/read-form.ts";
import { offeredQuantities } from "../forms/validate-cart.ts";
import type { ShownProduct } from "../shop/prices.ts";
import type { Html } from "./html.ts";
import { renderAd, renderSuggestions } from "./product-card.ts";

interface ProductView {
  readonly product: ShownProduct;
  readonly suggestions: readonly ShownProduct[];
  readonly ad: Ad | undefined;
  /** The errors of the rejected form that this page answers; undefined if it answers none. */
  readonly errors: FieldErrors | undefined;
}

/** The page of one product. */
export function renderProductPage(view: ProductView): Html {
  const { product, suggestions, ad } = view;
  const { name, description, pictureUrl, categories, price } = product;
  return html`${renderTrail(product)}
<article class="product">
<div class="portrait"><img src="${pictureUrl}" alt="${name}" width="800" height="800"></div>
<div class="product-text">
<p class="eyebrow">${categories.join(" · ")}</p>
<h1>${name}</h1>
<p class="product-price">${formatMoney(price)}</p>
<p class="lead">${description}</p>
${renderAddForm(view)}
<ul class="ticks"><li>Flat-rate shipping for any order</li><li>Your cart is kept for two days</li><li>Pay with VISA or Mastercard</li></ul>
<p class="sku">Item <code>${product.id}</code></p>
</div>
</article>
${renderAd(ad)}
${renderSuggestions(suggestions)}`;
}

function renderTrail({ name, categories: [category] }: ShownProduct): Html {
  return html`<nav class="trail" aria-label="Breadcrumb"><ol><li><a href="/">Shop</a></li>${
    category &&
    html`<li><a class="capital" href="/?category=${encodeURIComponent(category)}">${category}</a></li>`
  }<li aria-current="page">${name}</li></ol></nav>`;
}

function renderAddForm({ product, errors }: ProductView): Html {
  const problem = errors?.get("quantity");
  return html`<form class="add" method="post" action="/cart">
<input type="hidden" name="product_id" value="${product.id}">
<div class="field"><label for="quantity">Quantity</label>
<select id="quantity" name="quantity"${problem && html` aria-invalid="true" aria-describedby="quantity-error"`}>${offeredQuantities.map(
    (quantity) => html`<option value="${quantity}">${quantity}</option>`,
  )}</select></div>
<button class="button">Add to cart</button>
${problem && html`<p class="error" id="quantity-error">${problem}</p>`}
</form>`;
}
