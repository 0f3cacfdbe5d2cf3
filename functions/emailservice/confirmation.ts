import { formatMoney } from "#runtime/money.ts";
import { renderHtml } from "./confirmation-html.ts";
import type { ConfirmedOrder } from "./confirmed-order.ts";

/** The content of a mail. */
export interface Confirmation {
  /** One line. */
  subject: string;
  /** A complete HTML document. */
  html: string;
  /** The same content as plain text. */
  text: string;
}

/** Renders the confirmation of an order. */
export function renderConfirmation(order: ConfirmedOrder): Confirmation {
  return {
    subject: `Your Hipster Shop order ${order.orderId} is on its way`,
    html: renderHtml(order),
    text: renderText(order),
  };
}

function renderText(order: ConfirmedOrder): string {
  const { currencyCode } = order.total;
  const lines = order.lines.map(
    ({ productId, quantity, unitPrice, lineTotal }) =>
      `  ${quantity} x ${oneLine(productId)} at ${formatMoney(unitPrice)} = ${formatMoney(lineTotal)}`,
  );
  return [
    "Thank you for your order!",
    "",
    "It has left our shelves and is on its way to you.",
    "",
    `Order:     ${order.orderId}`,
    ...(order.trackingId ? [`Tracking:  ${oneLine(order.trackingId)}`] : []),
    "",
    "What you ordered:",
    ...lines,
    "",
    `Shipping:  ${formatMoney(order.shippingCost)}`,
    `Total:     ${formatMoney(order.total)} (${currencyCode})`,
    ...(order.addressLines.length > 0 ? ["", "It goes to:"] : []),
    ...order.addressLines.map((line) => `  ${oneLine(line)}`),
    "",
    "Keep this mail: with the order number we find everything about it.",
    "Hipster Shop",
    "",
  ].join("\n");
}

// Text from the request must not add lines to the mail.
function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, " ").trim();
}
