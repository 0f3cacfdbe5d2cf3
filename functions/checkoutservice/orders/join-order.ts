import type { PlaceOrderResponse } from "#protos/hipstershop.ts";
import { log } from "#runtime/log.ts";
import { withoutCancellation } from "#runtime/request-context.ts";
import { StatusError } from "#runtime/status.ts";
import { answerOf, isAnswerable, pendingError } from "./answer.ts";
import { beforeDeadline, type OrderCall, timeToAnswerMs } from "./before-deadline.ts";
import {
  acquireOrder,
  type Entry,
  LeaseLost,
  type OrderContext,
  type OrderHold,
  readEntry,
  releaseAfter,
} from "./hold.ts";
import { isOpen } from "./order-record.ts";
import { settleOrder } from "./settle-order.ts";

const firstPollMs = 20;
const maxPollMs = 500;

/**
 * Answers a repeated call: waits until the process that works on the order has finished, or takes over
 * the order if its lease has ended. Undefined if the order was deleted meanwhile, because its charge was
 * refused.
 *
 * @throws StatusError as `answerOf` does, CANCELLED
 */
export async function joinOrder(
  context: OrderContext,
  existing: Entry,
  call: OrderCall,
): Promise<PlaceOrderResponse | undefined> {
  let entry: Entry | undefined = existing;
  for (let pollMs = firstPollMs; entry; pollMs = Math.min(pollMs * 2, maxPollMs)) {
    const { record }: Entry = entry;
    const hold = isOpen(record) ? await acquireOrder(context, entry) : undefined;
    if (hold) {
      return withoutCancellation(() =>
        answerFrom(context, hold, call, (onAnswerable) => settleOrder(context, hold, onAnswerable)),
      );
    }
    if (isAnswerable(record)) return answerOf(record);
    if (call.signal.aborted) throw new StatusError("CANCELLED", "the caller cancelled the call");
    const leftMs = timeToAnswerMs(context, call);
    if (leftMs === 0) throw pendingError(record.orderId, record.failure?.message);
    await context.pause(Math.min(pollMs, leftMs), call.signal);
    entry = await readEntry(context, record.orderId);
  }
  return undefined;
}

/**
 * Runs work on an order, which continues after the response, and answers the call: with the outcome, or
 * shortly before the caller's deadline.
 *
 * @param work calls its argument once the caller can be answered
 * @throws StatusError that of the work, or as `answerOf` does
 */
export async function answerFrom(
  context: OrderContext,
  hold: OrderHold,
  call: OrderCall,
  work: (onAnswerable: () => void) => Promise<void>,
): Promise<PlaceOrderResponse> {
  const { orderId } = hold.record;
  const answerable = Promise.withResolvers<void>();
  const done = releaseAfter(hold, () => work(answerable.resolve));
  call.waitUntil(done.catch((error: unknown) => logInterruption(orderId, error)));
  try {
    await beforeDeadline(context, call, Promise.race([answerable.promise, done]));
  } catch (error) {
    if (error instanceof StatusError) throw error;
    const answer = error instanceof LeaseLost && (await joinOther(context, orderId, call));
    if (answer) return answer;
    if (!isAnswerable(hold.record)) throw pendingError(orderId, "Can't access order storage");
  }
  return answerOf(hold.record);
}

// Answers a call whose order another process has taken over.
async function joinOther(
  context: OrderContext,
  orderId: string,
  call: OrderCall,
): Promise<PlaceOrderResponse | undefined> {
  try {
    const entry = await readEntry(context, orderId);
    return entry && (await joinOrder(context, entry, call));
  } catch (error) {
    if (error instanceof StatusError) throw error;
    // The card may be charged, so a failure of the store must not look like a refusal.
    throw pendingError(orderId, "Can't access order storage");
  }
}

/** Logs why work on an order stopped. A refusal is the answer to its call, which is logged anyway. */
export function logInterruption(orderId: string, error: unknown): void {
  const fields = { order_id: orderId, error };
  if (error instanceof LeaseLost) log.info("another process continues an order", fields);
  else if (!(error instanceof StatusError))
    log.error("an order stopped: a sweep continues", fields);
}
