import { formatMoney } from "#runtime/money.ts";
import { renderHtml } from "./confirmation-html.ts";
import type { ConfirmedOrder } from "./confirmed-order.ts";

/** Renders the confirmation of an order as a mail: subject (one line), HTML document and plain text. */
export function renderConfirmation(order: ConfirmedOrder) {
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
    "Your order has been shipped.",
    "",
    `Order:     ${order.orderId}`,
    ...(order.trackingId ? [`Tracking:  ${oneLine(order.trackingId)}`] : []),
    "",
    "Items:",
    ...lines,
    "",
    `Shipping:  ${formatMoney(order.shippingCost)}`,
    `Total:     ${formatMoney(order.total)} (${currencyCode})`,
    ...(order.addressLines.length > 0 ? ["", "Shipping address:"] : []),
    ...order.addressLines.map((line) => `  ${oneLine(line)}`),
    "",
    "Keep this mail: it contains your order number.",
    "Hipster Shop",
    "",
  ].join("\n");
}

// Text from the request must not add lines to the mail.
function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, " ").trim();
}
