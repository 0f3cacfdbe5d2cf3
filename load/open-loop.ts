import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import { createRandom } from "#measure/random.ts";
import type { LoopContext } from "./loop-context.ts";
import type { ArrivalResult } from "./result.ts";
import { pickTask, planTask } from "./scenario.ts";
import { planArrivals } from "./schedule.ts";
import { Session } from "./session.ts";

interface Arrival {
  /** Which of the plan's arrivals it is: its task is drawn from the stream of this number. */
  readonly index: number;
  readonly dueAtMs: number;
}

/**
 * Starts tasks when they are due, whether earlier ones have been answered or not, and counts their
 * latency from then: what a stalled shop makes others wait is in the figures. When `maxInFlight`
 * requests are under way, further tasks wait in line, and the result says how many did.
 */
export async function runOpenLoop(context: LoopContext): Promise<ArrivalResult> {
  const { options, startedAtMs, ending } = context;
  const { mode, ratePerSecond, durationMs, seed } = options;
  if (mode === "closed" || ratePerSecond === null) throw new Error("an open loop needs a rate");
  const desk = new Desk(context);
  try {
    const plan = planArrivals({ mode, ratePerSecond, durationMs }, createRandom(seed));
    let index = 0;
    for (const offsetMs of plan) {
      const dueAtMs = startedAtMs + offsetMs;
      await waitUntil(dueAtMs, ending);
      // The end has come while this one was not due yet.
      if (ending.aborted && dueAtMs > performance.now()) break;
      desk.arrive({ index: ++index, dueAtMs });
    }
    await waitUntil(startedAtMs + durationMs, ending);
    return await desk.finish();
  } finally {
    desk.close();
  }
}

/** Gives each arrival a session that is free, and lets arrivals wait when all are at work. */
class Desk {
  readonly #context: LoopContext;
  readonly #free: Session[];
  readonly #all: Session[];
  readonly #waiting: Arrival[] = [];
  readonly #working = new Set<Promise<void>>();
  readonly #counts = { due: 0, started: 0, delayed: 0, maxInFlight: 0, maxLagMs: 0 };

  constructor(context: LoopContext) {
    this.#context = context;
    this.#all = Array.from({ length: context.options.users }, () => new Session(context.session));
    this.#free = [...this.#all];
  }

  arrive(arrival: Arrival): void {
    const counts = this.#counts;
    counts.due++;
    if (this.#context.ending.aborted) return;
    if (this.#working.size >= this.#context.options.maxInFlight) {
      this.#waiting.push(arrival);
      return;
    }
    counts.maxLagMs = Math.max(counts.maxLagMs, performance.now() - arrival.dueAtMs);
    this.#begin(arrival);
  }

  async finish(): Promise<ArrivalResult> {
    await Promise.all(this.#working);
    const { due, started, delayed, maxInFlight, maxLagMs } = this.#counts;
    return {
      dueCount: due,
      startedCount: started,
      delayedCount: delayed,
      unsentCount: due - started,
      maxInFlightCount: maxInFlight,
      maxLagMs,
    };
  }

  close(): void {
    for (const session of this.#all) session.close();
  }

  #begin(arrival: Arrival): void {
    const session = this.#free.shift() ?? this.#addSession();
    const random = createRandom(this.#context.options.seed, arrival.index);
    const requests = planTask(pickTask(random), random, new Date());
    const work = session.perform(requests, arrival.dueAtMs).then(() => {
      this.#working.delete(work);
      this.#free.push(session);
      this.#beginNext();
    });
    this.#working.add(work);
    this.#counts.started++;
    this.#counts.maxInFlight = Math.max(this.#counts.maxInFlight, this.#working.size);
    this.#context.setActive(this.#working.size);
  }

  #beginNext(): void {
    this.#context.setActive(this.#working.size);
    if (this.#context.ending.aborted) return;
    const arrival = this.#waiting.shift();
    if (!arrival) return;
    this.#counts.delayed++;
    this.#begin(arrival);
  }

  #addSession(): Session {
    const session = new Session(this.#context.session);
    this.#all.push(session);
    return session;
  }
}

/** Waits until a time of `performance.now`, or until the run ends. */
async function waitUntil(atMs: number, ending: AbortSignal): Promise<void> {
  // Timers count in whole milliseconds: the rest goes by in turns of the event loop, because a
  // request that is late by a part of one would have that part in its latency.
  const wholeMs = Math.floor(atMs - performance.now());
  if (wholeMs > 0 && !ending.aborted) {
    await sleep(wholeMs, undefined, { signal: ending }).catch((error) => {
      if (!ending.aborted) throw error;
    });
  }
  while (performance.now() < atMs && !ending.aborted) await setImmediate();
}
