import { html } from "hono/html";
import { formatMoney } from "#runtime/money.ts";
import type { KeptOrder } from "../shop/kept-order.ts";
import type { Html } from "./html.ts";
import { orderPath } from "./order.ts";
import { outcomeLabels, outcomeOf } from "./order-state.ts";
import { renderOrderTime } from "./order-time.ts";

/** The list of a visitor's orders; undefined if the shop does not list them. */
export function renderOrderList(orders: readonly KeptOrder[] | undefined): Html {
  return html`<h1>Your orders</h1>
${renderContent(orders)}`;
}

function renderContent(orders: readonly KeptOrder[] | undefined): Html {
  if (orders === undefined) {
    return renderEmpty("This shop does not list orders. Each order has a confirmation by e-mail.");
  }
  if (orders.length === 0) return renderEmpty("You have no orders in this session.");
  return html`<p class="lead">The shop has no accounts: this list belongs to your session on this device, and ends with it.</p>
<ol class="order-list">${orders.map(renderOrder)}</ol>`;
}

function renderEmpty(text: string): Html {
  return html`<div class="empty"><p>${text}</p><p><a class="button" href="/">Show all products</a></p></div>`;
}

function renderOrder({ order, state, createTimeMs, confirmationFailure }: KeptOrder): Html {
  const { orderId, total, items } = order;
  const outcome = outcomeOf(state);
  const count = items.reduce((sum, { item }) => sum + (item?.quantity ?? 0), 0);
  return html`<li><a href="${orderPath(orderId)}">${renderOrderTime(createTimeMs)}</a>
<span class="total">${total && formatMoney(total)}</span>
<span class="order-state ${outcome}">${outcomeLabels[outcome]}</span>
<span class="about">${count === 1 ? "1 item" : `${count} items`} · <code>${orderId}</code></span>
${outcome === "placed" && confirmationFailure && html`<span class="about">Its confirmation could not be delivered.</span>`}</li>`;
}
