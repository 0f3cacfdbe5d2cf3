import type { Cart, CartItem, Money, OrderItem } from "#protos/hipstershop.ts";
import {
  formatMoney,
  multiplyMoney,
  nanosOf,
  sumMoney,
  truncateMoney,
  validateMoney,
} from "#runtime/money.ts";
import { StatusError, toStatusError } from "#runtime/status.ts";
import type { OrderClients } from "../clients.ts";
import type { CheckedOrder } from "./check-order.ts";
import { runStep } from "./step-error.ts";

/** The content and the price of an order; all amounts are in the customer's currency. */
export interface PreparedOrder {
  /** The lines of the cart. */
  cartItems: CartItem[];
  /** The same lines with their unit prices. */
  items: OrderItem[];
  /** The price of shipping. */
  shippingCost: Money;
  /** The exact sum of shipping and all items. */
  total: Money;
}

/**
 * Reads the products of a cart and the quote for shipping in parallel, and converts all amounts in one
 * call. Unit prices and shipping are truncated to the currency's smallest unit, as pages show them.
 *
 * @throws StatusError FAILED_PRECONDITION for an empty cart and for a product that is not sold, ABORTED if
 *   cart or total differ from what the customer accepted
 */
export async function prepareOrder(
  clients: OrderClients,
  order: CheckedOrder,
  cart: Cart,
): Promise<PreparedOrder> {
  const { address, userCurrency } = order;
  const { items: cartItems } = cart;
  if (cartItems.length === 0) {
    throw new StatusError("FAILED_PRECONDITION", "the cart is empty: there is nothing to order");
  }
  // Online Boutique's cart service has no versions.
  if (order.cartVersion !== undefined && ![undefined, order.cartVersion].includes(cart.version)) {
    throw new StatusError("ABORTED", "the cart changed after the customer accepted the order");
  }
  const [quote, ...prices] = await Promise.all([
    runStep("failed to get a shipping quote", async () => {
      const { costUsd } = await clients.shipping.getQuote({ address, items: cartItems });
      return trustMoney(costUsd, "the quote");
    }),
    ...cartItems.map(({ productId }) => readPrice(clients, productId)),
  ]);
  const prepared = await runStep("failed to prepare order", async () => {
    const from = [quote, ...prices];
    const { results } = await clients.currency.convertBatch({ from, toCode: userCurrency });
    return addUp(cartItems, results);
  });
  requireAccepted(order, prepared);
  return prepared;
}

function readPrice(clients: OrderClients, productId: string): Promise<Money> {
  return runStep("failed to prepare order", async () => {
    const { priceUsd } = await clients.catalog.getProduct({ id: productId });
    return trustMoney(priceUsd, `the price of ${productId}`);
  }).catch((error: unknown) => {
    const status = toStatusError(error);
    const { cause } = status;
    if (!(cause instanceof StatusError) || cause.code !== "NOT_FOUND") throw status;
    throw new StatusError(
      "FAILED_PRECONDITION",
      `failed to prepare order: the product ${productId} in the cart is not sold any more`,
      { cause },
    );
  });
}

function addUp(cartItems: CartItem[], [quote, ...prices]: Money[]): PreparedOrder {
  const shippingCost = truncateMoney(trustMoney(quote, "the converted quote"));
  const items = cartItems.map((item, index) => ({
    item,
    cost: truncateMoney(trustMoney(prices[index], `the converted price of ${item.productId}`)),
  }));
  const lineTotals = items.map(({ item, cost }) => multiplyMoney(cost, item.quantity));
  return { cartItems, items, shippingCost, total: sumMoney(shippingCost, ...lineTotals) };
}

function requireAccepted({ expectedTotal }: CheckedOrder, { total }: PreparedOrder): void {
  if (expectedTotal === undefined) return;
  const isSame =
    expectedTotal.currencyCode === total.currencyCode && nanosOf(expectedTotal) === nanosOf(total);
  if (isSame) return;
  const accepted = `the customer accepted ${formatMoney(expectedTotal)}`;
  throw new StatusError("ABORTED", `the order costs ${formatMoney(total)}, ${accepted}`);
}

// An invalid amount is a defect of a dependency, not of the request.
function trustMoney(amount: Money | undefined, name: string): Money {
  try {
    return validateMoney(amount, name);
  } catch (cause) {
    throw new StatusError("INTERNAL", toStatusError(cause).message, { cause });
  }
}
