import type { MethodDefinition } from "./rpc.ts";
import { StatusError } from "./status.ts";

/**
 * Milliseconds from the first attempt of a call within which a failed attempt is retried. On Knative, a
 * container that was killed answers again after 1 to 1.5 s; until then queue-proxy answers HTTP 502, which
 * is UNAVAILABLE. Opening a lost connection again takes up to 0.6 s more.
 */
export const retryWindowMs = 2500;

const initialPauseMs = 100;
const maxPauseMs = 500;

const repeatable = new Set<string | undefined>(["NO_SIDE_EFFECTS", "IDEMPOTENT"]);

/** Whether the proto declares a method idempotent, so that a call with an unknown outcome may be retried. */
export function isRepeatable({ options: { idempotencyLevel } }: MethodDefinition): boolean {
  return repeatable.has(idempotencyLevel);
}

/** Whether the proto declares that a method has no side effects, so that a copy of a call does no harm. */
export function hasNoEffect({ options: { idempotencyLevel } }: MethodDefinition): boolean {
  return idempotencyLevel === "NO_SIDE_EFFECTS";
}

/** The limits of the retries of a call. */
export interface RetryLimits {
  /** When the first attempt is made, in epoch milliseconds. */
  readonly startMs: number;
  /** The call's deadline, in epoch milliseconds. */
  readonly deadlineMs: number;
  /** Aborts when the caller cancels; undefined if that does not end the call. */
  readonly signal: AbortSignal | undefined;
  /** Whether the call may be made twice; otherwise it is retried only if it was not processed. */
  readonly isRepeated: boolean;
  /** The throttle of all calls to the function. */
  readonly throttle: RetryThrottle;
}

/**
 * Makes a call, and retries it while it fails with UNAVAILABLE or its stream is reset; a call that must not
 * be made twice, while the server refuses its stream.
 *
 * @param attempt makes one attempt; its argument is the number of earlier attempts
 * @throws StatusError that of the last attempt, or CANCELLED if the caller cancels between two attempts
 */
export async function withRetries<T>(
  attempt: (previousAttempts: number) => Promise<T>,
  limits: RetryLimits,
): Promise<T> {
  const { throttle, signal } = limits;
  for (let attempts = 1; ; attempts += 1) {
    try {
      const result = await attempt(attempts - 1);
      throttle.recordSuccess();
      return result;
    } catch (error) {
      if (!(error instanceof StatusError) || !isLost(error)) throw error;
      if (!limits.isRepeated && !isRefused(error)) throw error;
      throttle.recordFailure();
      const pauseMs = pauseBeforeRetryMs(attempts, limits, Date.now(), Math.random());
      if (pauseMs === undefined || !throttle.allows) throw error;
      await pause(pauseMs, signal);
    }
  }
}

/**
 * Whether a call failed because it was lost on its way. A proxy resets the streams of an instance that was
 * killed, which grpc-js reports as INTERNAL; functions do not send this text themselves.
 */
export function isLost({ code, message }: StatusError): boolean {
  return (
    code === "UNAVAILABLE" || (code === "INTERNAL" && message.startsWith("Received RST_STREAM"))
  );
}

// REFUSED_STREAM means that the server has not processed the request (RFC 9113, 8.7), as during a drain.
// grpc-js itself repeats such a call once, and then reports it with this text.
function isRefused({ code, message }: StatusError): boolean {
  return code === "UNAVAILABLE" && message === "Stream refused by server";
}

/**
 * Milliseconds to wait before the next attempt: exponential back-off with 20 % of jitter (gRFC A6).
 * Undefined if no attempt follows, because the window is over or the deadline would pass meanwhile. The
 * limit is a time and not a number of attempts, so that it does not depend on jitter.
 *
 * @param attempts the number of failed attempts
 * @param nowMs epoch milliseconds
 * @param random a number from 0 to below 1
 */
export function pauseBeforeRetryMs(
  attempts: number,
  { startMs, deadlineMs }: Pick<RetryLimits, "startMs" | "deadlineMs">,
  nowMs: number,
  random: number,
): number | undefined {
  if (nowMs - startMs >= retryWindowMs) return undefined;
  const backoffMs = Math.min(initialPauseMs * 2 ** (attempts - 1), maxPauseMs);
  const pauseMs = backoffMs * (0.8 + 0.4 * random);
  return nowMs + pauseMs < deadlineMs ? pauseMs : undefined;
}

async function pause(pauseMs: number, signal: AbortSignal | undefined): Promise<void> {
  // Not imported at the top, where it would delay a cold start.
  const { setTimeout: delay } = await import("node:timers/promises");
  await delay(pauseMs, undefined, signal && { signal }).catch((cause: unknown) => {
    throw new StatusError("CANCELLED", "the caller cancelled between two attempts", { cause });
  });
}

// gRFC A6's maximum: at 100 reads/s, all of them can be retried during a restart of 1.5 s.
const maxTokens = 1000;
const tokenRatio = 0.5;

const throttles = new Map<string, RetryThrottle>();

/** The throttle of all calls of this process to a function, by the authority that it is called with. */
export function throttleOf(authority: string): RetryThrottle {
  const throttle = throttles.get(authority) ?? new RetryThrottle();
  throttles.set(authority, throttle);
  return throttle;
}

/**
 * gRFC A6's throttle: retries to a function stop while most calls to it fail, so that they do not
 * multiply along the call graph.
 */
export class RetryThrottle {
  #tokens = maxTokens;

  /** Whether another attempt may be made now. */
  get allows(): boolean {
    return this.#tokens > maxTokens / 2;
  }

  /** Counts a call that succeeded. */
  recordSuccess(): void {
    this.#tokens = Math.min(this.#tokens + tokenRatio, maxTokens);
  }

  /** Counts an attempt that failed and could be retried. */
  recordFailure(): void {
    this.#tokens = Math.max(this.#tokens - 1, 0);
  }
}
