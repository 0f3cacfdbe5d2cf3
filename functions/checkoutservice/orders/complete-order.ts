import { log } from "#runtime/log.ts";
import { toStatusError } from "#runtime/status.ts";
import type { OrderContext, OrderHold } from "./hold.ts";
import { maskAddresses } from "./mask-addresses.ts";
import { recordSettled } from "./order-metrics.ts";
import { type OrderRecord, resultOf, withStates } from "./order-record.ts";

/** The results of the last two steps, until they are recorded. */
interface Progress {
  isCartUpdated: boolean;
  isEventAccepted: boolean;
  confirmationFailure?: string;
}

// After the answer, the browser requests the page of the order. The event, its broker and its receivers would
// delay that page if they run on the same machine.
const eventDelayMs = 100;

/**
 * Removes the ordered items from the cart and delivers the confirmation of an order whose state is
 * `placed`. Afterwards its state is `confirmed`, unless one of both failed: a sweep repeats that one. A
 * broker may deliver the event before it answers, so the lease is renewed meanwhile.
 *
 * @param onAnswerable called as soon as the cart was updated, or could not be; the event follows the answer
 * @throws LeaseLost, StoreError
 */
export async function completeOrder(
  context: OrderContext,
  hold: OrderHold,
  onAnswerable?: () => void,
): Promise<void> {
  const { now, leaseMs, pause } = context;
  const progress: Progress = { isCartUpdated: false, isEventAccepted: false };
  const ended = new AbortController();
  const work = async () => {
    await updateCart(context, hold.record, progress);
    if (onAnswerable) {
      onAnswerable();
      await pause(eventDelayMs);
    }
    await deliver(context, hold.record, progress);
    ended.abort("the order is complete");
  };
  const finished = work();
  for (;;) {
    await Promise.race([finished, pause(leaseMs / 2, ended.signal)]);
    await hold.write((record) => withProgress(record, progress, now()));
    if (ended.signal.aborted) break;
  }
  if (hold.record.state === "confirmed") recordSettled(hold.record);
}

function withProgress(record: OrderRecord, progress: Progress, nowMs: number): OrderRecord {
  const isCartUpdated = record.isCartUpdated || progress.isCartUpdated;
  const isEventAccepted = record.isEventAccepted || progress.isEventAccepted;
  // A dead letter may arrive before the broker answers.
  const confirmationFailure = record.confirmationFailure ?? progress.confirmationFailure;
  const next = { ...record, isCartUpdated, isEventAccepted, confirmationFailure };
  const isComplete = isCartUpdated && isEventAccepted && confirmationFailure === undefined;
  return isComplete ? withStates(next, ["confirmed"], nowMs) : next;
}

async function updateCart(
  { clients, leaseMs }: OrderContext,
  record: OrderRecord,
  progress: Progress,
): Promise<void> {
  if (record.isCartUpdated) return;
  const { userId, orderId } = record;
  const items = resultOf(record).items.flatMap(({ item }) => item ?? []);
  const options = { timeoutMs: leaseMs / 2 };
  try {
    await clients.cart.removeItems({ userId, items, orderId }, options).catch(async (error) => {
      // Online Boutique's cart service can only empty a cart.
      if (toStatusError(error).code !== "UNIMPLEMENTED") throw error;
      await clients.cart.emptyCart({ userId }, options);
    });
    progress.isCartUpdated = true;
  } catch (error) {
    log.error("the items of an order were not removed from the cart: a sweep repeats it", {
      order_id: orderId,
      error,
    });
  }
}

async function deliver(
  { publish }: OrderContext,
  record: OrderRecord,
  progress: Progress,
): Promise<void> {
  if (record.isEventAccepted || record.confirmationFailure !== undefined) return;
  try {
    await publish({ email: record.email, order: resultOf(record) });
    progress.isEventAccepted = true;
  } catch (error) {
    const { code, message } = toStatusError(error);
    const reason = maskAddresses(message);
    const fields = { order_id: record.orderId, grpc_code: code, reason };
    if (code === "INVALID_ARGUMENT") {
      log.error("the confirmation of an order was refused", fields);
      progress.confirmationFailure = reason;
    } else {
      log.error("an order was not confirmed: a sweep repeats it", fields);
    }
  }
}
