import type { Order, PlaceOrderRequest, PlaceOrderResponse } from "#protos/hipstershop.ts";
import { isUuid } from "#runtime/name-based-id.ts";
import { orderIdOf } from "#runtime/order-id.ts";
import { isOverloaded, StatusError } from "#runtime/status.ts";
import type { KeptOrder } from "./kept-order.ts";
import type { Storefront, Visit } from "./storefront.ts";

/** The shop and the visitor whose orders are read. */
interface OrderReader {
  readonly shop: Storefront;
  readonly visit: Visit;
}

// Unlike an order, reading one calls no other function.
const timeoutMs = 10_000;

/**
 * Places an order. A call that was lost is repeated if checkout keeps orders and does not have this one.
 *
 * @throws StatusError that of the last call; that of the first one if the last one was rejected
 */
export async function placeOrder(
  reader: OrderReader,
  request: PlaceOrderRequest,
): Promise<PlaceOrderResponse> {
  const { checkout } = reader.shop.clients;
  try {
    return await checkout.placeOrder(request);
  } catch (error) {
    if (!(await isUnknownToCheckout(reader, request, error))) throw error;
    return checkout.placeOrder(request, { isRepeatable: true }).catch((last: unknown) => {
      throw isOverloaded(last) ? error : last;
    });
  }
}

// Online Boutique's checkout ignores request ids, so that each call is an order. It has no GetOrder.
async function isUnknownToCheckout(
  reader: OrderReader,
  { userId, requestId }: PlaceOrderRequest,
  error: unknown,
): Promise<boolean> {
  if (requestId === undefined || !(error instanceof StatusError) || error.info) return false;
  if (error.code !== "UNAVAILABLE" && error.code !== "INTERNAL") return false;
  try {
    return (await findOrder(reader, orderIdOf(userId, requestId))) === undefined;
  } catch {
    // The error of the order is the one to report.
    return false;
  }
}

/**
 * Reads an order of the visitor; undefined for an id that is malformed, unknown or of another visitor.
 *
 * @throws StatusError UNIMPLEMENTED if checkout keeps no orders
 */
export async function findOrder(
  { shop, visit }: OrderReader,
  id: string,
): Promise<KeptOrder | undefined> {
  if (!isUuid(id)) return undefined;
  const request = { userId: visit.sessionId, orderId: id.toLowerCase() };
  const order = await orUndefined(
    "NOT_FOUND",
    shop.clients.checkout.getOrder(request, { timeoutMs }),
  );
  return order && withContent(order);
}

/** Lists the visitor's newest orders; undefined if checkout keeps no orders. */
export async function listOrders({
  shop,
  visit,
}: OrderReader): Promise<readonly KeptOrder[] | undefined> {
  const request = { userId: visit.sessionId };
  const listed = shop.clients.checkout.listOrders(request, { timeoutMs });
  return (await orUndefined("UNIMPLEMENTED", listed))?.orders.map(withContent);
}

function withContent(order: Order): KeptOrder {
  if (order.order) return { ...order, order: order.order };
  throw new StatusError("INTERNAL", "checkout returned an order without content");
}

/** The response of a call; undefined if it failed with `code`. */
export async function orUndefined<T>(
  code: StatusError["code"],
  response: Promise<T>,
): Promise<T | undefined> {
  try {
    return await response;
  } catch (error) {
    if (error instanceof StatusError && error.code === code) return undefined;
    throw error;
  }
}
