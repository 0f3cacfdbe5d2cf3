import type { Address, OrderItem, SendOrderConfirmationRequest } from "#protos/hipstershop.ts";
import {
  invalid,
  limitList,
  limitText,
  quote,
  requireEmailAddress,
  requireMessage,
  requireText,
} from "#runtime/check-input.ts";
import { multiplyMoney, sumMoney, validateMoney } from "#runtime/money.ts";

/** The content of a confirmation; all amounts are in one currency. */
export type ConfirmedOrder = ReturnType<typeof checkConfirmationRequest>["order"];

/**
 * Validates a request and computes the line totals, and the total if the request has none, as in Online
 * Boutique.
 *
 * @throws StatusError INVALID_ARGUMENT that names the field and the rule
 */
export function checkConfirmationRequest(request: SendOrderConfirmationRequest) {
  requireEmailAddress(request.email, "email");
  const order = requireMessage(request.order, "order");
  requireText(order.orderId, "order.order_id", 128);
  // The id is used in the subject, the message id and a file name.
  if (!/^[\x21-\x7e]+$/.test(order.orderId)) {
    throw invalid(`order.order_id is ${quote(order.orderId)}: expected printable ASCII, no spaces`);
  }
  limitList(order.items, "order.items", 1000);
  const lines = order.items.map((item, index) => checkLine(item, `order.items[${index}]`));
  const shippingCost = validateMoney(order.shippingCost, "order.shipping_cost");
  const computed = sumMoney(shippingCost, ...lines.map((line) => line.lineTotal));
  const total = order.total ? validateMoney(order.total, "order.total") : computed;
  return {
    email: request.email,
    order: {
      /** Printable ASCII without spaces. */
      orderId: order.orderId,
      /** Empty if the order has none. */
      trackingId: limitText(order.shippingTrackingId, "order.shipping_tracking_id", 512),
      lines,
      shippingCost,
      total,
      /** From the street to the country; empty if the request has no address. */
      addressLines: describeAddress(order.shippingAddress),
    },
  };
}

function checkLine(orderItem: OrderItem, field: string) {
  const { productId, quantity } = requireMessage(orderItem.item, `${field}.item`);
  requireText(productId, `${field}.item.product_id`, 256);
  if (!Number.isInteger(quantity) || quantity < 1) {
    throw invalid(`${field}.item.quantity is ${quantity}: expected at least 1`);
  }
  const unitPrice = validateMoney(orderItem.cost, `${field}.cost`);
  return { productId, quantity, unitPrice, lineTotal: multiplyMoney(unitPrice, quantity) };
}

function describeAddress(address: Address | undefined): string[] {
  if (!address) return [];
  const { streetAddress, city, state, country, zipCode } = address;
  const texts = { streetAddress, city, state, country };
  for (const [name, text] of Object.entries(texts)) {
    limitText(text, `order.shipping_address.${name}`, 1000);
  }
  const place = [city, [state, zipCode > 0 ? String(zipCode) : ""].filter(Boolean).join(" ")];
  return [streetAddress, place.filter(Boolean).join(", "), country].filter(Boolean);
}
