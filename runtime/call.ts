import { AsyncLocalStorage } from "node:async_hooks";
import type { WaitUntil } from "./background-work.ts";

/** One function that had to start for the current request. */
export interface ColdStart {
  /** The function's name. */
  readonly service: string;
  /** Milliseconds from the start of its process until it took requests. */
  readonly durationMs: number;
}

/** What the calls that a handler makes inherit from the call it answers. */
export interface Call {
  /** Epoch milliseconds; Infinity where the caller gave no deadline. */
  readonly deadlineMs: number;
  /** Aborts when the caller leaves. */
  readonly signal: AbortSignal | undefined;
  /** Cold starts on the way of this call, filled as its own calls are answered. */
  readonly coldStarts: ColdStart[];
  /** Registers work that goes on after the answer; undefined where there is no request to answer. */
  readonly waitUntil?: WaitUntil;
}

const calls = new AsyncLocalStorage<Call>();

/** Runs a handler as the given call. */
export function runAsCall<T>(call: Call, work: () => T): T {
  return calls.run(call, work);
}

/** The call that is being answered; undefined outside of any. */
export function currentCall(): Call | undefined {
  return calls.getStore();
}

/**
 * Runs what must finish although the caller has left or its deadline has passed, such as the steps
 * after a card was charged. The work keeps the trace and gets deadlines of its own.
 */
export function withoutCancellation<T>(work: () => Promise<T>): Promise<T> {
  const call = calls.getStore() ?? { coldStarts: [] };
  return calls.run({ ...call, deadlineMs: Number.POSITIVE_INFINITY, signal: undefined }, work);
}

/**
 * Registers work that goes on after the current request was answered (see WaitUntil).
 *
 * @throws Error outside of a request
 */
export function waitUntil(work: PromiseLike<unknown>): void {
  const call = calls.getStore();
  if (!call?.waitUntil) throw new Error("waitUntil was called outside of a request");
  call.waitUntil(work);
}

/**
 * The cold starts that the current request has caused so far, its own function's included, in the
 * order in which they were reported. Empty outside of a request.
 */
export function coldStartsSeen(): readonly ColdStart[] {
  return calls.getStore()?.coldStarts ?? [];
}
