import type { Order } from "#protos/hipstershop.ts";
import { log } from "#runtime/log.ts";
import { StatusError } from "#runtime/status.ts";
import { acquireOrder, editOrder, type OrderContext, readEntry, releaseAfter } from "./hold.ts";
import { maskAddresses } from "./mask-addresses.ts";
import {
  isOpen,
  isPlaced,
  type OrderRecord,
  orderTags,
  parseRecord,
  toOrder,
  withStates,
} from "./order-record.ts";
import { unknownOrder } from "./read-orders.ts";
import { settleOrder } from "./settle-order.ts";

const maxReasonLength = 500;

/**
 * Records that the confirmation of an order was not delivered, such as for a dead letter. The order is
 * `placed` again, and no sweep repeats the delivery. Safe to call again. Does nothing for an order that is
 * unknown or was not placed.
 *
 * @param reason for operators; e-mail addresses in it are masked
 * @throws StoreError
 */
export async function recordUndelivered(
  context: OrderContext,
  orderId: string,
  reason: string,
): Promise<void> {
  const confirmationFailure = maskAddresses(reason).slice(0, maxReasonLength);
  const record = await editOrder(context, orderId, (current) => {
    if (!isPlaced(current) || current.confirmationFailure !== undefined) return undefined;
    const placed = current.state === "placed" ? [] : (["placed"] as const);
    return { ...withStates(current, placed, context.now()), confirmationFailure };
  });
  const fields = { order_id: orderId, reason: confirmationFailure };
  if (record && isPlaced(record))
    log.error("the confirmation of an order was not delivered", fields);
  else log.warn("a confirmation of an unknown order was not delivered", fields);
}

/**
 * Delivers the confirmation of an order again, and returns the order afterwards.
 *
 * @throws StatusError NOT_FOUND, FAILED_PRECONDITION if the order was not placed, is being confirmed, or
 *   has no address any more
 */
export async function resendConfirmation(context: OrderContext, orderId: string): Promise<Order> {
  const entry = await readEntry(context, orderId);
  if (!entry) throw unknownOrder(orderId);
  const { text, record } = entry;
  requireResendable(record);
  const states = record.state === "placed" ? [] : (["placed"] as const);
  const undelivered = {
    ...withStates(record, states, context.now()),
    isEventAccepted: false,
    confirmationFailure: undefined,
  };
  // One write: otherwise a process that still confirms the order would count its own delivery.
  const hold = await acquireOrder(context, { text, record: undelivered });
  if (!hold) throw new StatusError("FAILED_PRECONDITION", `order ${orderId} is being confirmed`);
  await releaseAfter(hold, () => settleOrder(context, hold));
  return toOrder(hold.record);
}

function requireResendable(record: OrderRecord): void {
  const { orderId, state, email } = record;
  const refuse = (reason: string) => new StatusError("FAILED_PRECONDITION", reason);
  if (!isPlaced(record)) throw refuse(`order ${orderId} is ${state}: expected a placed order`);
  if (email === "") throw refuse(`the personal data of order ${orderId} was removed`);
}

/** How many orders of a customer were changed. */
export interface Forgotten {
  /** Orders from which personal data was removed. */
  readonly forgotten: number;
  /** Orders that still need it, because a step is left to do. */
  readonly open: number;
}

const pageSize = 100;

/** Removes e-mail address and shipping address from the settled orders that are confirmed to an address. */
export async function forgetCustomer(context: OrderContext, email: string): Promise<Forgotten> {
  let forgotten = 0;
  const open = new Set<string>();
  for (;;) {
    const texts = await context.store.list(orderTags.ofEmail(email), {
      limit: pageSize + open.size,
      order: "oldest",
    });
    const ids = texts.map((text) => parseRecord(text).orderId).filter((id) => !open.has(id));
    if (ids.length === 0) return { forgotten, open: open.size };
    for (const id of ids) {
      const record = await editOrder(context, id, (current) =>
        isOpen(current) ? undefined : withoutPersonalData(current),
      );
      if (record && isOpen(record)) open.add(id);
      else forgotten += 1;
    }
  }
}

function withoutPersonalData(record: OrderRecord): OrderRecord {
  const { shippingAddress: _, ...result } = record.result as Record<string, unknown>;
  return { ...record, email: "", result };
}
