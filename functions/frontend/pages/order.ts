import { html } from "hono/html";
import {
  type Ad,
  type OrderItem,
  type OrderResult,
  OrderState,
  type Product,
} from "#protos/hipstershop.ts";
import { formatMoney, multiplyMoney } from "#runtime/money.ts";
import type { KeptOrder } from "../shop/kept-order.ts";
import type { ShownProduct } from "../shop/prices.ts";
import type { Html } from "./html.ts";
import { isOpen, type Outcome, outcomeLabels, outcomeOf } from "./order-state.ts";
import { renderOrderTime } from "./order-time.ts";
import { productPath, renderAd, renderSuggestions } from "./product-card.ts";

interface OrderView {
  readonly order: KeptOrder;
  /** The products of the order that are in the catalog. Their pictures are URLs with the file's version. */
  readonly products: readonly Product[];
  readonly suggestions: readonly ShownProduct[];
  readonly ad: Ad | undefined;
}

/** The path of an order's page. */
export function orderPath(id: string): string {
  return `/orders/${encodeURIComponent(id)}`;
}

/** The page of an order: what became of it, and its content. */
export function renderOrderPage(view: OrderView): Html {
  const { order, suggestions, ad } = view;
  const outcome = outcomeOf(order.state);
  return html`<section class="outcome ${outcome}">
<p class="eyebrow">${outcomeLabels[outcome]}</p>
<h1>${headings[outcome]}</h1>
${leads[outcome](order)}
${isOpen(outcome) && html`<p class="next"><a class="button" href="${orderPath(order.order.orderId)}">Check again</a></p>`}
${isUndone(outcome) && html`<p class="next"><a class="button" href="/cart">Go to the cart</a></p>`}
${renderReceipt(order, outcome)}
</section>
${renderLines(order.order, view.products)}
<p class="next"><a class="button" href="/">Back to the shop</a> <a href="/orders">Your orders</a></p>
${renderAd(ad)}
${renderSuggestions(suggestions)}`;
}

function isUndone(outcome: Outcome): boolean {
  return outcome === "refunded" || outcome === "failed";
}

const headings: Readonly<Record<Outcome, string>> = {
  placed: "Thank you for your order.",
  charging: "We are processing your order.",
  shipping: "We are processing your order.",
  cancelling: "We are cancelling your order.",
  refunded: "Your order was cancelled and refunded.",
  failed: "Your order was not placed.",
};

// An order whose processing was interrupted is finished or undone by checkout's sweep, every ten minutes by
// default.
const waitNote = html`<p class="lead">This is usually settled at once, and after an interruption within minutes. Check this page again before you order the same items.</p>`;

const leads: Readonly<Record<Outcome, (order: KeptOrder) => Html>> = {
  placed: describeConfirmation,
  charging: () =>
    html`<p class="lead">The payment is not completed yet. If it cannot be completed, the order is cancelled, and any charge is refunded.</p>${waitNote}`,
  shipping: () =>
    html`<p class="lead">Your card was charged, and the shipment is being arranged. If it cannot be shipped, the charge is refunded.</p>${waitNote}`,
  cancelling: () =>
    html`<p class="lead">The order could not be completed, and nothing is shipped. If your card was charged, the charge is refunded.</p>${waitNote}`,
  refunded: ({ order }) =>
    html`<p class="lead">The order could not be completed. The charge${order.total && html` of <strong>${formatMoney(order.total)}</strong>`} was refunded, and nothing is shipped. You can order again from your cart.</p>`,
  failed: () =>
    html`<p class="lead">The order could not be completed. Your card was not charged, and nothing is shipped. You can order again from your cart.</p>`,
};

function describeConfirmation({ email, state, confirmationFailure }: KeptOrder): Html {
  if (email === "") {
    return html`<p class="lead">The personal data of this order was removed.</p>`;
  }
  if (confirmationFailure !== "") {
    return html`<p class="lead">The order is placed, but its confirmation to <strong>${email}</strong> could not be delivered. Keep the order number below.</p>`;
  }
  const isAccepted = state === OrderState.ORDER_STATE_CONFIRMED;
  return isAccepted
    ? html`<p class="lead">A confirmation is on its way to <strong>${email}</strong>.</p>`
    : html`<p class="lead">We are sending a confirmation to <strong>${email}</strong>.</p>`;
}

const totalLabels: Partial<Record<Outcome, string>> = {
  placed: "Total paid",
  refunded: "Refunded",
};

function renderReceipt({ order, createTimeMs }: KeptOrder, outcome: Outcome): Html {
  const { orderId, shippingTrackingId, total } = order;
  return html`<dl class="receipt">
<div><dt>Order number</dt><dd><code>${orderId}</code></dd></div>
<div><dt>Ordered</dt><dd>${renderOrderTime(createTimeMs)}</dd></div>
${shippingTrackingId && outcome === "placed" && html`<div><dt>Tracking number</dt><dd><code>${shippingTrackingId}</code></dd></div>`}
${total && html`<div><dt>${totalLabels[outcome] ?? "Total"}</dt><dd class="paid">${formatMoney(total)}</dd></div>`}
${renderAddress(order, outcome === "placed" ? "Shipped to" : "Address")}
</dl>`;
}

function renderAddress({ shippingAddress }: OrderResult, label: string): Html | undefined {
  if (!shippingAddress) return undefined;
  const { streetAddress, city, state, country, zipCode } = shippingAddress;
  return html`<div><dt>${label}</dt><dd>${streetAddress}, ${city}, ${state} ${zipCode}, ${country}</dd></div>`;
}

function renderLines(order: OrderResult, products: readonly Product[]): Html {
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
