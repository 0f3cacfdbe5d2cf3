import type { Order } from "#protos/hipstershop.ts";
import type { OrderContext } from "./hold.ts";
import { isLeased } from "./hold.ts";
import {
  needsAttention,
  type OrderRecord,
  orderTags,
  parseReadable,
  toOrder,
} from "./order-record.ts";

/** Which orders of all customers are listed. */
export interface ListAllOptions {
  /** Only those that need attention. */
  readonly failedOnly: boolean;
  /** The maximum number of orders, at least 1. */
  readonly limit: number;
}

/** Orders of all customers. */
export interface AllOrders {
  /** Newest first, without shipping addresses; e-mail addresses only of orders that need attention. */
  readonly orders: Order[];
  /** The number of orders that match. */
  readonly totalSize: number;
}

/** Lists the newest orders of all customers for operators, except records that cannot be read. */
export async function listAllOrders(
  context: OrderContext,
  { failedOnly, limit }: ListAllOptions,
): Promise<AllOrders> {
  if (failedOnly) return listFailedOrders(context, limit);
  const { store } = context;
  const [texts, totalSize] = await Promise.all([
    store.list(orderTags.all, { limit, order: "newest" }),
    store.count(orderTags.all),
  ]);
  const orders = parseReadable(texts).map((record) => ({ ...describeOrder(record), email: "" }));
  return { orders, totalSize };
}

// More open orders than a shop has, unless none of them can be finished.
const maxOpen = 1000;

// No order takes that long, unless a dependency or the broker does not respond.
const maxDurationMs = 60_000;

// An order that no process works on waits for a sweep: a step of it has failed, or its process ended.
async function listFailedOrders(context: OrderContext, limit: number): Promise<AllOrders> {
  const { store, now } = context;
  const [marked, open, markedCount] = await Promise.all([
    store.list(orderTags.attention, { limit, order: "newest" }),
    store.list(orderTags.open, { limit: maxOpen, order: "newest" }),
    store.count(orderTags.attention),
  ]);
  const nowMs = now();
  const waiting = parseReadable(open)
    .filter((record) => !isLeased(record, nowMs) || nowMs - record.createdAtMs > maxDurationMs)
    .filter((record) => !needsAttention(record));
  const orders = [...parseReadable(marked), ...waiting]
    .toSorted((a, b) => b.createdAtMs - a.createdAtMs)
    .slice(0, limit)
    .map(describeOrder);
  return { orders, totalSize: markedCount + waiting.length };
}

function describeOrder(record: OrderRecord): Order {
  const { order, ...rest } = toOrder(record);
  return { ...rest, order: order && { ...order, shippingAddress: undefined } };
}
