import { isDeepStrictEqual } from "node:util";
import type { Cart, CartItem, Money, OrderItem } from "#protos/hipstershop.ts";
import { formatMoney, multiplyMoney, nanosOf, sumMoney, truncateMoney } from "#runtime/money.ts";
import { StatusError } from "#runtime/status.ts";
import type { OrderClients } from "../clients.ts";
import type { CheckedOrder } from "./check-order.ts";
import type { OrderContext } from "./hold.ts";
import { readPrices } from "./read-prices.ts";
import { runStep } from "./step-error.ts";
import { trustMoney } from "./trust-money.ts";

/** What an order's amounts are read with. */
export type PrepareContext = Pick<OrderContext, "clients" | "amounts">;

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
 * Reads the prices of a cart and the quote for shipping in parallel, and converts all amounts in one call.
 * Unit prices and shipping are truncated to the currency's smallest unit, as pages show them. Kept responses
 * count only for the total that the customer accepted.
 *
 * @param reading the cart; what the customer accepted is priced meanwhile
 * @throws StatusError FAILED_PRECONDITION for an empty cart and for a product that is not sold, ABORTED if
 *   cart or total differ from what the customer accepted
 */
export async function prepareOrder(
  context: PrepareContext,
  order: CheckedOrder,
  reading: Promise<Cart>,
): Promise<PreparedOrder> {
  const expectedItems = order.expectedCart?.items ?? [];
  const isFresh = order.expectedTotal === undefined;
  const expected =
    expectedItems.length > 0 ? readAmounts(context, order, expectedItems, isFresh) : undefined;
  // Its failure counts only if the cart has these lines.
  expected?.catch(() => undefined);
  const { items: cartItems, version } = await reading;
  if (cartItems.length === 0) {
    throw new StatusError("FAILED_PRECONDITION", "the cart is empty: there is nothing to order");
  }
  // Online Boutique's cart service has no versions.
  if (order.cartVersion !== undefined && ![undefined, order.cartVersion].includes(version)) {
    throw new StatusError("ABORTED", "the cart changed after the customer accepted the order");
  }
  const amounts = await (expected && isDeepStrictEqual(cartItems, expectedItems)
    ? expected
    : readAmounts(context, order, cartItems, isFresh));
  const prepared = await runStep(step, async () => addUp(cartItems, amounts));
  if (isFresh || isAccepted(order, prepared)) return prepared;
  // Kept responses may be older than those that the customer saw.
  const present = await readAmounts(context, order, cartItems, true);
  const priced = await runStep(step, async () => addUp(cartItems, present));
  if (isAccepted(order, priced)) return priced;
  throw refuse(order, priced);
}

const step = "failed to prepare order";

/** Reads the quote and the unit prices of the items, in the customer's currency. */
async function readAmounts(
  { clients, amounts }: PrepareContext,
  order: CheckedOrder,
  items: CartItem[],
  isFresh: boolean,
): Promise<Money[]> {
  const convert = (from: Money[]) =>
    runStep(step, async () => {
      const request = { from, toCode: order.userCurrency };
      return (await clients.currency.convertBatch(request, { isFresh })).results;
    });
  const guess = amounts.guess(items);
  const converted = guess && convert(guess);
  // Its failure counts only if the guess is right.
  converted?.catch(() => undefined);
  const from = await readAmountsInUsd(clients, order, items, isFresh);
  amounts.learn(items, from);
  return converted && isDeepStrictEqual(from, guess) ? converted : convert(from);
}

async function readAmountsInUsd(
  clients: OrderClients,
  { catalogVersion }: CheckedOrder,
  items: CartItem[],
  isFresh: boolean,
): Promise<Money[]> {
  const [quote, prices] = await Promise.all([
    runStep("failed to get a shipping quote", async () => {
      // Without an address, as the cart page asked: the customer has accepted this quote before entering one.
      const request = { address: undefined, items };
      const { costUsd } = await clients.shipping.getQuote(request, { isFresh });
      return trustMoney(costUsd, "the quote");
    }),
    readPrices(clients, items, catalogVersion, isFresh),
  ]);
  return [quote, ...prices];
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

function isAccepted({ expectedTotal }: CheckedOrder, { total }: PreparedOrder): boolean {
  return (
    expectedTotal?.currencyCode === total.currencyCode && nanosOf(expectedTotal) === nanosOf(total)
  );
}

function refuse({ expectedTotal }: CheckedOrder, { total }: PreparedOrder): StatusError {
  const accepted = `the customer accepted ${expectedTotal && formatMoney(expectedTotal)}`;
  return new StatusError("ABORTED", `the order costs ${formatMoney(total)}, ${accepted}`);
}
