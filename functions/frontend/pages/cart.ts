import { html } from "hono/html";
import type { Money } from "#protos/hipstershop.ts";
import { maxLineQuantity } from "../forms/validate-cart.ts";
import { type ShownProduct, showPrice } from "../shop/prices.ts";
import type { FileUrl, Html } from "./html.ts";
import { type OrderFormView, renderOrderForm, renderProblems } from "./order-form.ts";
import { productPath, renderSuggestions } from "./product-card.ts";

/** One line of the cart. */
export interface CartLine {
  readonly productId: string;
  readonly quantity: number;
  /** Undefined for what the catalog does not have any more. */
  readonly product: ShownProduct | undefined;
  /** The price of the line. */
  readonly total: Money | undefined;
}

/** A change of a line that could not be made. */
export interface LineError {
  readonly productId: string;
  /** What was typed. */
  readonly quantity: string;
  readonly message: string;
}

/** What the cart page shows. */
export interface CartView {
  readonly lines: readonly CartLine[];
  readonly subtotal: Money | undefined;
  readonly shipping: Money | undefined;
  readonly total: Money | undefined;
  readonly suggestions: readonly ShownProduct[];
  readonly order: OrderFormView;
  readonly lineError: LineError | undefined;
  /** Why the cart as a whole cannot be ordered. */
  readonly problem: string | undefined;
  readonly fileUrl: FileUrl;
}

/** The cart page: the lines, what they cost, and the order form. */
export function renderCartPage(view: CartView): Html {
  const { lines, suggestions, problem, lineError, fileUrl } = view;
  const isLineShown = lines.some(({ productId }) => productId === lineError?.productId);
  const notice = problem ?? (isLineShown ? undefined : lineError?.message);
  return html`<h1>Your cart</h1>
${notice && html`<p class="notice" role="alert">${notice}</p>`}
${lines.length > 0 ? html`${renderProblems(view.order.errors)}${renderFilledCart(view)}` : emptyCart}
${renderSuggestions(suggestions, fileUrl)}`;
}

const emptyCart = html`<div class="empty"><p>There is nothing in your cart yet.</p><p><a class="button" href="/">See the shelf</a></p></div>`;

function renderFilledCart(view: CartView): Html {
  return html`<div class="cart">
<section class="cart-lines" aria-labelledby="lines"><h2 class="sr" id="lines">Items</h2>
<ul class="lines">${view.lines.map((line) => renderLine(line, view))}</ul>
<form method="post" action="/cart/empty"><button class="link">Empty the cart</button></form>
</section>
${renderSummary(view)}
${renderOrderForm(view.order, view.total && showPrice(view.total))}
</div>`;
}

function renderLine(line: CartLine, view: CartView): Html {
  const { productId, product, total } = line;
  const name = product?.name ?? productId;
  return html`<li class="line">
<span class="thumb">${product && html`<img src="${view.fileUrl(product.picture)}" alt="" width="160" height="160">`}</span>
<div class="line-text">
${
  product
    ? html`<a class="name" href="${productPath(productId)}">${name}</a><span class="each">${showPrice(product.price)} each</span>`
    : html`<span class="name">${name}</span><span class="each">No longer sold. Remove it to order the rest.</span>`
}
<span class="sku">SKU ${productId}</span>
</div>
${renderQuantityForm(line, name, view)}
<span class="line-total">${total && showPrice(total)}</span>
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

// A number field may hold nothing else; browsers show any other text as an empty field.
function asNumber(text: string): string {
  return /^-?\d+(?:\.\d+)?$/.test(text) ? text : "";
}

function renderSummary({ subtotal, shipping, total }: CartView): Html {
  const row = (label: string, amount: Money | undefined) =>
    amount && html`<div><dt>${label}</dt><dd>${showPrice(amount)}</dd></div>`;
  return html`<section class="summary" aria-labelledby="summary"><h2 id="summary">Summary</h2>
<dl class="sums">${row("Goods", subtotal)}${row("Shipping", shipping)}
${total && html`<div class="total"><dt>Total</dt><dd>${showPrice(total)}</dd></div>`}</dl>
<p><a class="button" href="#order">Go to checkout</a></p></section>`;
}
