import { log } from "./log.ts";

/**
 * Registers work that continues after its request was answered, like `waitUntil` of a service worker's
 * event. It delays the exit of the process, but is not a request in flight: the function may scale to
 * zero meanwhile. A rejection is logged.
 */
export type WaitUntil = (work: PromiseLike<unknown>) => void;

/**
 * How long a drain waits for all background work together, in milliseconds. Knative's queue-proxy uses 30 s
 * of a pod's grace period, the revision's `timeoutSeconds`, before a function gets SIGTERM.
 */
export const backgroundTimeoutMs = 20_000;

/** The work of a process that continues after its requests were answered. */
export class BackgroundWork {
  readonly #pending = new Set<Promise<void>>();

  /** Registers work; safe to pass on as a function. */
  readonly waitUntil: WaitUntil = (work) => {
    const settled = Promise.resolve(work)
      .then(
        () => undefined,
        (error: unknown) => log.error("background work failed", { error }),
      )
      .finally(() => this.#pending.delete(settled));
    this.#pending.add(settled);
  };

  /** Resolves as soon as no work is pending, or after `timeoutMs`, which is logged. */
  async settle(timeoutMs: number = backgroundTimeoutMs): Promise<void> {
    const timeout = Promise.withResolvers<"over">();
    const timer = setTimeout(timeout.resolve, timeoutMs, "over");
    let outcome: unknown;
    while (this.#pending.size > 0 && outcome !== "over") {
      outcome = await Promise.race([Promise.all(this.#pending), timeout.promise]);
    }
    clearTimeout(timer);
    if (this.#pending.size > 0) {
      const count = this.#pending.size;
      log.error(`background work had not ended after ${timeoutMs} ms`, { count });
    }
  }
}
