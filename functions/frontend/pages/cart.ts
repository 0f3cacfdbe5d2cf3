import { html } from "hono/html";
import type { Money } from "#protos/hipstershop.ts";
import { formatMoney } from "#runtime/money.ts";
import { maxLineQuantity } from "../forms/validate-cart.ts";
import type { ShownProduct } from "../shop/prices.ts";
import type { Html } from "./html.ts";
import { type OrderFormView, renderOrderForm, renderProblems } from "./order-form.ts";
import { productPath, renderSuggestions } from "./product-card.ts";

interface CartLine {
  readonly productId: string;
  readonly quantity: number;
  /** The product; undefined if it is no longer in the catalog. */
  readonly product: ShownProduct | undefined;
  /** The price of all items of the line; undefined without the product. */
  readonly total: Money | undefined;
}

/** A change of a line that was rejected. */
export interface LineError {
  /** The product's ID, as sent. */
  readonly productId: string;
  /** The quantity, as sent. */
  readonly quantity: string;
  /** The reason, for the visitor. */
  readonly message: string;
}

/** All prices are in the visitor's currency; an empty cart has none. */
interface CartView {
  readonly lines: readonly CartLine[];
  readonly subtotal: Money | undefined;
  readonly shipping: Money | undefined;
  readonly total: Money | undefined;
  readonly suggestions: readonly ShownProduct[];
  readonly order: OrderFormView;
  /** The rejected change of a line, if this page answers it. */
  readonly lineError: LineError | undefined;
  /** Why the cart was not ordered, if this page answers an order and no field is wrong. */
  readonly problem: Html | string | undefined;
}

/** The cart page: lines, prices and the order form. */
export function renderCartPage(view: CartView): Html {
  const { lines, suggestions, problem, lineError } = view;
  const isLineShown = lines.some(({ productId }) => productId === lineError?.productId);
  const notice = problem ?? (isLineShown ? undefined : lineError?.message);
  return html`<h1>Your cart</h1>
${notice && html`<p class="notice" role="alert">${notice}</p>`}
${lines.length > 0 ? html`${renderProblems(view.order.errors)}${renderFilledCart(view)}` : emptyCart}
${renderSuggestions(suggestions)}`;
}

const emptyCart = html`<div class="empty"><p>Your cart is empty.</p><p><a class="button" href="/">Show all products</a></p><p><a href="/orders">Your orders</a></p></div>`;

function renderFilledCart(view: CartView): Html {
  return html`<div class="cart">
<section class="cart-lines" aria-labelledby="lines"><h2 class="sr" id="lines">Items</h2>
<ul class="lines">${view.lines.map((line) => renderLine(line, view))}</ul>
<form method="post" action="/cart/empty"><button class="link">Empty the cart</button></form>
</section>
${renderSummary(view)}
${renderOrderForm(view.order)}
</div>`;
}

function renderLine(line: CartLine, view: CartView): Html {
  const { productId, product, total } = line;
  const name = product?.name ?? productId;
  return html`<li class="line">
<span class="thumb">${product && html`<img src="${product.pictureUrl}" alt="" width="160" height="160">`}</span>
<div class="line-text">
${
  product
    ? html`<a class="name" href="${productPath(productId)}">${name}</a><span class="each">${formatMoney(product.price)} each</span>`
    : html`<span class="name">${name}</span><span class="each">No longer available. Remove it to place the order.</span>`
}
<span class="sku">SKU ${productId}</span>
</div>
${renderQuantityForm(line, name, view)}
<span class="line-total">${total && formatMoney(total)}</span>
<form class="remove" method="post" action="/cart/remove"><input type="hidden" name="product_id" value="${productId}"><button class="link">Remove<span class="sr"> ${name}</span></button></form>
</li>`;
}

function renderQuantityForm(line: CartLine, name: string, { lineError }: CartView): Html {
  const { productId } = line;
  const error = lineError?.productId === productId ? lineError : undefined;
  const id = `quantity-${productId}`;
  return html`<form class="quantity" method="post" action="/cart/update">
<input type="hidden" name="product_id" value="${productId}">
<label class="sr" for="${id}">Quantity of ${name}</label>
<input id="${id}" name="quantity" type="number" inputmode="numeric" min="0" max="${maxLineQuantity}" required value="${error ? asNumber(error.quantity) : line.quantity}"${error && html` aria-invalid="true" aria-describedby="${id}-error"`}>
<button>Update<span class="sr"> ${name}</span></button>
${error && html`<p class="error" id="${id}-error">${error.message}</p>`}
</form>`;
}

// The value of a number field must be a number. Browsers show any other text as an empty field.
function asNumber(text: string): string {
  return /^-?\d+(?:\.\d+)?$/.test(text) ? text : "";
}

function renderSummary({ subtotal, shipping, total }: CartView): Html {
  const row = (label: string, amount: Money | undefined) =>
    amount && html`<div><dt>${label}</dt><dd>${formatMoney(amount)}</dd></div>`;
  return html`<section class="summary" aria-labelledby="summary"><h2 id="summary">Summary</h2>
<dl class="sums">${row("Products", subtotal)}${row("Shipping", shipping)}
${total && html`<div class="total"><dt>Total</dt><dd>${formatMoney(total)}</dd></div>`}</dl>
<p><a class="button" href="#order">Go to checkout</a></p></section>`;
}
