import { html } from "hono/html";
import type { Ad, OrderItem, OrderResult, Product } from "#protos/hipstershop.ts";
import { multiplyMoney } from "#runtime/money.ts";
import { type ShownProduct, showPrice } from "../shop/prices.ts";
import type { FileUrl, Html } from "./html.ts";
import { productPath, renderAd, renderSuggestions } from "./product-card.ts";

/** What the confirmation of an order shows. */
export interface OrderView {
  readonly order: OrderResult;
  /** Where the confirmation is mailed to. */
  readonly email: string;
  /** The products that were ordered, as far as they are known. */
  readonly products: readonly Product[];
  readonly suggestions: readonly ShownProduct[];
  readonly ad: Ad | undefined;
  readonly fileUrl: FileUrl;
}

/** The confirmation of an order. */
export function renderOrderPage(view: OrderView): Html {
  const { order, email, suggestions, ad, fileUrl } = view;
  const { orderId, shippingTrackingId, total } = order;
  return html`<section class="thanks">
<p class="eyebrow">Order placed</p>
<h1>Thank you. It is on its way.</h1>
<p class="lead">We are sending a confirmation to <strong>${email}</strong>.</p>
<dl class="receipt">
<div><dt>Order number</dt><dd><code>${orderId}</code></dd></div>
<div><dt>Tracking number</dt><dd><code>${shippingTrackingId}</code></dd></div>
${total && html`<div><dt>Total paid</dt><dd class="paid">${showPrice(total)}</dd></div>`}
${renderAddress(order)}
</dl>
</section>
${renderLines(view)}
<p><a class="button" href="/">Back to the shelf</a></p>
${renderAd(ad)}
${renderSuggestions(suggestions, fileUrl)}`;
}

function renderAddress({ shippingAddress }: OrderResult): Html | undefined {
  if (!shippingAddress) return undefined;
  const { streetAddress, city, state, country, zipCode } = shippingAddress;
  return html`<div><dt>Goes to</dt><dd>${streetAddress}, ${city}, ${state} ${zipCode}, ${country}</dd></div>`;
}

function renderLines({ order, products, fileUrl }: OrderView): Html {
  const names = new Map(products.map((product) => [product.id, product]));
  return html`<section class="ordered" aria-labelledby="ordered"><h2 id="ordered">What you ordered</h2>
<ul class="lines">${order.items.map((item) => renderLine(item, names, fileUrl))}</ul>
<dl class="sums">
${order.shippingCost && html`<div><dt>Shipping</dt><dd>${showPrice(order.shippingCost)}</dd></div>`}
${order.total && html`<div class="total"><dt>Total</dt><dd>${showPrice(order.total)}</dd></div>`}
</dl></section>`;
}

function renderLine(
  { item, cost }: OrderItem,
  products: ReadonlyMap<string, Product>,
  fileUrl: FileUrl,
): Html | undefined {
  if (!item) return undefined;
  const { productId, quantity } = item;
  const product = products.get(productId);
  return html`<li class="line"><span class="thumb">${product && html`<img src="${fileUrl(product.picture)}" alt="" width="160" height="160">`}</span>
<div class="line-text"><a class="name" href="${productPath(productId)}">${product?.name ?? productId}</a>
<span class="each">${quantity} × ${cost && showPrice(cost)}</span></div>
<span class="line-total">${cost && showPrice(multiplyMoney(cost, quantity))}</span></li>`;
}
