import { runClosedLoop } from "./closed-loop.ts";
import type { LoopContext } from "./loop-context.ts";
import { runOpenLoop } from "./open-loop.ts";
import type { LoadOptions } from "./options.ts";
import { Recorder } from "./recorder.ts";
import type { SessionOptions } from "./session.ts";

/** The result of a run. */
export type LoadResult = Awaited<ReturnType<typeof runLoad>>;

/** The progress of a run. */
export type LoadProgress = ReturnType<typeof readProgress>;

type StopReason = "duration" | "max-requests" | "interrupt";

interface LoadHooks {
  /** Ends the run early: requests in flight are cancelled and not part of the result. */
  readonly signal?: AbortSignal;
  /** Receives the progress every `progressIntervalMs`. */
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Milliseconds between two calls of `onProgress`. Default 250. */
  readonly progressIntervalMs?: number;
}

/**
 * Sends requests to the storefront until the duration is over, the max. number of requests is reached
 * or the signal aborts. It prints nothing. Failed requests are part of the result and never thrown.
 */
export async function runLoad(options: LoadOptions, hooks: LoadHooks = {}) {
  const startedAt = new Date();
  const state = startRun(options, hooks);
  const { context, recorder, counts } = state;
  try {
    const loop = options.mode === "closed" ? runClosedLoop : runOpenLoop;
    const arrivals = await loop(context);
    const elapsedMs = performance.now() - context.startedAtMs;
    const total = recorder.total();
    return {
      /** Name and version of this format. */
      format: "hipster-shop-load/1",
      options,
      startedAt: startedAt.toISOString(),
      /** From the start until the last request ended. */
      elapsedMs,
      stoppedBy: state.stoppedBy(),
      requestsPerSecond: (total.count * 1000) / elapsedMs,
      total,
      pages: recorder.pages(),
      errors: recorder.errors(),
      arrivals,
      /** GETs sent again because the server closed an idle connection; not errors. */
      resentCount: counts.resent,
      /** Requests that an interrupt cancelled; not counted elsewhere. */
      abandonedCount: counts.abandoned,
    };
  } finally {
    state.close();
  }
}

function startRun(
  options: LoadOptions,
  { signal = new AbortController().signal, onProgress, progressIntervalMs = 250 }: LoadHooks,
) {
  const recorder = new Recorder();
  const counts = { requests: 0, resent: 0, abandoned: 0, active: 0 };
  const ending = new AbortController();
  const startedAtMs = performance.now();
  const stop = (reason: StopReason) => ending.abort(reason);
  const session: SessionOptions = {
    ...options,
    signal,
    mayRequest: () => {
      if (counts.requests >= options.maxRequests) stop("max-requests");
      if (!ending.signal.aborted) counts.requests++;
      return !ending.signal.aborted;
    },
    onOutcome: (outcome) => recorder.record(outcome),
    onResend: () => counts.resent++,
    onAbandon: () => counts.abandoned++,
  };
  const setActive = (count: number) => {
    counts.active = count;
  };
  const context: LoopContext = { options, session, startedAtMs, ending: ending.signal, setActive };
  const onInterrupt = () => stop("interrupt");
  if (signal.aborted) onInterrupt();
  signal.addEventListener("abort", onInterrupt);
  const end = setTimeout(stop, options.durationMs, "duration");
  const report = () =>
    onProgress?.(readProgress(recorder, performance.now() - startedAtMs, counts.active));
  const progress = onProgress && setInterval(report, progressIntervalMs);
  const close = () => {
    clearTimeout(end);
    clearInterval(progress);
    signal.removeEventListener("abort", onInterrupt);
  };
  const stoppedBy = (): StopReason => ending.signal.reason ?? "duration";
  return { context, recorder, counts, stoppedBy, close };
}

function readProgress(recorder: Recorder, elapsedMs: number, activeCount: number) {
  const { count, errorCount, latencyMs } = recorder.total();
  return { elapsedMs, activeCount, count, errorCount, p50Ms: latencyMs.p50, p99Ms: latencyMs.p99 };
}
