import { html } from "hono/html";
import type { Ad } from "#protos/hipstershop.ts";
import type { FieldErrors } from "../forms/read-form.ts";
import { offeredQuantities } from "../forms/validate-cart.ts";
import { type ShownProduct, showPrice } from "../shop/prices.ts";
import type { FileUrl, Html } from "./html.ts";
import { renderAd, renderSuggestions } from "./product-card.ts";

/** What a product's page shows. */
export interface ProductView {
  readonly product: ShownProduct;
  readonly suggestions: readonly ShownProduct[];
  readonly ad: Ad | undefined;
  /** What was wrong with the form that was sent from here. */
  readonly errors: FieldErrors | undefined;
  readonly fileUrl: FileUrl;
}

/** The page of one product. */
export function renderProductPage(view: ProductView): Html {
  const { product, suggestions, ad, fileUrl } = view;
  const { name, description, picture, categories, price } = product;
  return html`${renderTrail(product)}
<article class="product">
<div class="portrait"><img src="${fileUrl(picture)}" alt="${name}" width="800" height="800"></div>
<div class="product-text">
<p class="eyebrow">${categories.join(" · ")}</p>
<h1>${name}</h1>
<p class="product-price">${showPrice(price)}</p>
<p class="lead">${description}</p>
${renderAddForm(view)}
<ul class="ticks"><li>One shipping price, however much you order</li><li>Your cart waits for you for two days</li><li>Pay by VISA or Mastercard</li></ul>
<p class="sku">Item <code>${product.id}</code></p>
</div>
</article>
${renderAd(ad)}
${renderSuggestions(suggestions, fileUrl)}`;
}

function renderTrail({ name, categories: [category] }: ShownProduct): Html {
  return html`<nav class="trail" aria-label="Where you are"><ol><li><a href="/">Shop</a></li>${
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
