import { html } from "hono/html";
import type { Ad, OrderItem, OrderResult, Product } from "#protos/hipstershop.ts";
import { formatMoney, multiplyMoney } from "#runtime/money.ts";
import type { ShownProduct } from "../shop/prices.ts";
import type { Html } from "./html.ts";
import { productPath, renderAd, renderSuggestions } from "./product-card.ts";

interface OrderView {
  readonly order: OrderResult;
  readonly email: string;
  /** The products of the order that are in the catalog. Their pictures are URLs with the file's version. */
  readonly products: readonly Product[];
  readonly suggestions: readonly ShownProduct[];
  readonly ad: Ad | undefined;
}

/** The confirmation of an order. */
export function renderOrderPage(view: OrderView): Html {
  const { order, email, suggestions, ad } = view;
  const { orderId, shippingTrackingId, total } = order;
  return html`<section class="thanks">
<p class="eyebrow">Order placed</p>
<h1>Thank you for your order.</h1>
<p class="lead">We are sending a confirmation to <strong>${email}</strong>.</p>
<dl class="receipt">
<div><dt>Order number</dt><dd><code>${orderId}</code></dd></div>
<div><dt>Tracking number</dt><dd><code>${shippingTrackingId}</code></dd></div>
${total && html`<div><dt>Total paid</dt><dd class="paid">${formatMoney(total)}</dd></div>`}
${renderAddress(order)}
</dl>
</section>
${renderLines(view)}
<p><a class="button" href="/">Back to the shop</a></p>
${renderAd(ad)}
${renderSuggestions(suggestions)}`;
}

function renderAddress({ shippingAddress }: OrderResult): Html | undefined {
  if (!shippingAddress) return undefined;
  const { streetAddress, city, state, country, zipCode } = shippingAddress;
  return html`<div><dt>Shipped to</dt><dd>${streetAddress}, ${city}, ${state} ${zipCode}, ${country}</dd></div>`;
}

function renderLines({ order, products }: OrderView): Html {
  const byId = new Map(products.map((product) => [product.id, product]));
  const lines = order.items.map((line) => renderLine(line, byId.get(line.item?.productId ?? "")));
  return html`<section class="ordered" aria-labelledby="ordered"><h2 id="ordered">Your order</h2>
<ul class="lines">${lines}</ul>
<dl class="sums">
${order.shippingCost && html`<div><dt>Shipping</dt><dd>${formatMoney(order.shippingCost)}</dd></div>`}
${order.total && html`<div class="total"><dt>Total</dt><dd>${formatMoney(order.total)}</dd></div>`}
</dl></section>`;
}

function renderLine({ item, cost }: OrderItem, product: Product | undefined): Html | undefined {
  if (!item) return undefined;
  const { productId, quantity } = item;
  return html`<li class="line"><span class="thumb">${product && html`<img src="${product.picture}" alt="" width="160" height="160">`}</span>
<div class="line-text"><a class="name" href="${productPath(productId)}">${product?.name ?? productId}</a>
<span class="each">${quantity} × ${cost && formatMoney(cost)}</span></div>
<span class="line-total">${cost && formatMoney(multiplyMoney(cost, quantity))}</span></li>`;
}
