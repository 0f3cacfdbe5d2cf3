import type { CallContext } from "#runtime/rpc.ts";
import type { OrderPort } from "./port.ts";

/** The part of a call's context that an order needs. */
export type OrderCall = Pick<CallContext, "signal" | "deadline" | "waitUntil">;

// Milliseconds between the latest response and the caller's deadline.
const answerMarginMs = 250;

// Node.js timers with a longer delay fire at once.
const maxTimerMs = 2 ** 31 - 1;

/** Milliseconds until the caller must be answered; never less than 0. */
export function timeToAnswerMs(
  { now }: Pick<OrderPort, "now">,
  { deadline }: Partial<OrderCall>,
): number {
  if (!deadline) return maxTimerMs;
  return Math.min(Math.max(0, deadline.getTime() - now() - answerMarginMs), maxTimerMs);
}

/**
 * Waits for work, but not longer than the caller waits. The work then continues.
 *
 * @throws the error of the work
 */
export async function beforeDeadline(
  port: Pick<OrderPort, "now" | "pause">,
  call: Partial<Pick<OrderCall, "deadline">>,
  work: Promise<unknown>,
): Promise<void> {
  if (!call.deadline) {
    await work;
    return;
  }
  const timer = new AbortController();
  try {
    await Promise.race([work, port.pause(timeToAnswerMs(port, call), timer.signal)]);
  } finally {
    // The reason by default is an error with a stack, which the caller would wait for.
    timer.abort("the work is done");
  }
}
