import type { Order } from "#protos/hipstershop.ts";
import { StatusError } from "#runtime/status.ts";
import { type OrderContext, readEntry } from "./hold.ts";
import { orderTags, parseRecord, toOrder } from "./order-record.ts";

/**
 * Returns an order of a user.
 *
 * @throws StatusError NOT_FOUND if the user has no order with that id
 */
export async function getOrder(
  context: OrderContext,
  userId: string,
  orderId: string,
): Promise<Order> {
  const entry = await readEntry(context, orderId.toLowerCase());
  // Others must not learn whether an order exists.
  if (entry?.record.userId !== userId) throw unknownOrder(orderId);
  return toOrder(entry.record);
}

/** The error for an order id that does not exist, or is not the caller's. */
export function unknownOrder(orderId: string): StatusError {
  return new StatusError("NOT_FOUND", `no order with ID ${orderId}`);
}

const maxOrders = 50;

/** Returns the newest 50 orders of a user, newest first. */
export async function listOrdersOf({ store }: OrderContext, userId: string): Promise<Order[]> {
  const texts = await store.list(orderTags.ofUser(userId), { limit: maxOrders, order: "newest" });
  return texts.map((text) => toOrder(parseRecord(text)));
}
