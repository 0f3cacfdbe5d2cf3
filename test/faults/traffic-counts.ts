import { type PageOutcome, Recorder } from "#load/recorder.ts";

/** What visitors saw. */
export type TrafficResult = ReturnType<TrafficCounts["summarize"]>;

/** Counts what visitors see. */
export class TrafficCounts {
  /** Pages without an effect: how many were requested, failed once, and failed twice in a row. */
  readonly reads = { count: 0, retried: 0, failed: 0 };
  /** Forms: how many were sent, and how many failed. */
  readonly writes = { count: 0, failed: 0 };
  /** Carts that did not contain what was added to them, one line for each. */
  readonly wrongCarts: string[] = [];
  /** The ids of orders. */
  readonly orders = {
    /** Their page said that they are placed. */
    placed: [] as string[],
    /** Their page said something else: they are in progress, or they were undone. */
    other: [] as string[],
    /** How many forms got no page of an order, although they were sent twice. */
    unanswered: 0,
  };
  readonly #recorder = new Recorder();
  readonly #failingSince = new Map<string, number>();
  #longestOutageMs = 0;

  /** Adds the outcome of a request. */
  record(outcome: PageOutcome): void {
    this.#recorder.record(outcome);
    const { page, error } = outcome;
    const nowMs = performance.now();
    const sinceMs = this.#failingSince.get(page);
    if (error !== undefined) {
      if (sinceMs === undefined) this.#failingSince.set(page, nowMs - outcome.latencyMs);
    } else if (sinceMs !== undefined) {
      this.#longestOutageMs = Math.max(this.#longestOutageMs, nowMs - sinceMs);
      this.#failingSince.delete(page);
    }
  }

  /** What was seen so far. */
  summarize() {
    const { count, latencyMs } = this.#recorder.total();
    return {
      requestCount: count,
      reads: { ...this.reads },
      writes: { ...this.writes },
      wrongCarts: [...this.wrongCarts],
      orders: structuredClone(this.orders),
      /** Failed requests by page and reason, repeated ones included, most frequent first. */
      errors: this.#recorder.errors(),
      /** The longest time in milliseconds from a page's first failure until it was served again. */
      longestOutageMs: this.#longestOutageMs,
      /** The pages that failed at the end. */
      failingPages: [...this.#failingSince.keys()],
      /** Of all requests. */
      latencyMs,
    };
  }
}

/** A result on one line. */
export function describeTraffic(result: TrafficResult): string {
  const { reads, writes, orders, latencyMs, errors } = result;
  const reasons = errors.map(({ page, reason, count }) => `${count} x ${page} ${reason}`);
  return [
    `${reads.count} reads (${reads.retried} retried, ${reads.failed} failed)`,
    `${writes.count} writes (${writes.failed} failed)`,
    `${orders.placed.length} orders placed`,
    `p50 ${Math.round(latencyMs.p50)} ms, p99 ${Math.round(latencyMs.p99)} ms`,
    ...(reasons.length > 0 ? [`failures: ${reasons.join("; ")}`] : []),
  ].join(", ");
}
