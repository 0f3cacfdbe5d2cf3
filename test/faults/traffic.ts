import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createRandom, pickInteger } from "#measure/random.ts";
import { TrafficCounts, type TrafficResult } from "./traffic-counts.ts";
import { Visit } from "./visit.ts";

/** The options of traffic. */
export interface TrafficOptions {
  /** The storefront, or the gateway in front of it. */
  readonly url: string;
  /** The Host header for a gateway; null without one, which is the default. */
  readonly hostHeader?: string | null;
  /** Visitors at the same time; 4 by default. */
  readonly visitors?: number;
  /** The range of the time between two requests of a visitor, in milliseconds; 50 to 150 by default. */
  readonly pauseMs?: readonly [min: number, max: number];
  /** Whether visitors also fill carts and order; true by default. */
  readonly isOrdering?: boolean;
  /** Milliseconds that a request may take; 30,000 by default. */
  readonly timeoutMs?: number;
  /** Milliseconds until a visitor repeats a request that failed; 0 by default. */
  readonly reloadMs?: number;
}

/** Visitors of a storefront, one visit after the other, while a test injects faults. */
export class Traffic {
  readonly #options: Required<TrafficOptions>;
  readonly #counts = new TrafficCounts();
  readonly #ending = new AbortController();
  readonly #visitors: Promise<unknown>;

  /** Starts the visitors, who continue until `stop` is called. */
  constructor(options: TrafficOptions) {
    this.#options = {
      hostHeader: null,
      visitors: 4,
      pauseMs: [50, 150],
      isOrdering: true,
      timeoutMs: 30_000,
      reloadMs: 0,
      ...options,
    };
    const indexes = Array.from({ length: this.#options.visitors }, (_, index) => index);
    this.#visitors = Promise.all(indexes.map((index) => this.#runVisitor(index)));
  }

  /** Starts the visitors; they end with the test at the latest. */
  static start(t: TestContext, options: TrafficOptions): Traffic {
    const traffic = new Traffic(options);
    t.after(() => traffic.stop());
    return traffic;
  }

  /** What was seen so far. */
  get result(): TrafficResult {
    return this.#counts.summarize();
  }

  /** Ends the visits that run, without pauses, and returns what was seen. */
  async stop(): Promise<TrafficResult> {
    this.#ending.abort();
    await this.#visitors;
    return this.result;
  }

  async #runVisitor(index: number): Promise<void> {
    const { pauseMs, isOrdering, ...site } = this.#options;
    const random = createRandom(17, index);
    const { signal } = this.#ending;
    const pause = () =>
      sleep(pickInteger(random, ...pauseMs), undefined, { signal }).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    while (!signal.aborted) {
      await new Visit({ ...site, counts: this.#counts, random, pause }).run(isOrdering);
    }
  }
}
