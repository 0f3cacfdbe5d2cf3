import { setImmediate } from "node:timers/promises";
import { createRandom } from "#measure/random.ts";
import {
  type ArrivalResult,
  type LoopContext,
  noArrivals,
  sleepUnlessEnding,
} from "./loop-context.ts";
import { pickTask, planTask } from "./scenario.ts";
import { planArrivals } from "./schedule.ts";
import { Session } from "./session.ts";

interface Arrival {
  /** Its position in the plan, which is also the random stream of its task. */
  readonly index: number;
  readonly dueAtMs: number;
}

/**
 * Starts tasks when they are due, whether earlier ones were answered or not, and measures their
 * latency from then, so the latencies include the wait that a stalled shop causes. While `maxInFlight`
 * requests are in flight, further tasks are queued; the result has their number.
 */
export async function runOpenLoop(context: LoopContext): Promise<ArrivalResult> {
  const { options, startedAtMs, ending } = context;
  const { mode, ratePerSecond, durationMs, seed } = options;
  if (mode === "closed" || ratePerSecond === null) throw new Error("an open loop needs a rate");
  const dispatcher = new Dispatcher(context);
  try {
    const plan = planArrivals({ mode, ratePerSecond, durationMs }, createRandom(seed));
    let index = 0;
    for (const offsetMs of plan) {
      const dueAtMs = startedAtMs + offsetMs;
      await waitUntil(dueAtMs, ending);
      // The run ended before this task was due.
      if (ending.aborted && dueAtMs > performance.now()) break;
      dispatcher.arrive({ index: ++index, dueAtMs });
    }
    await waitUntil(startedAtMs + durationMs, ending);
    return await dispatcher.finish();
  } finally {
    dispatcher.close();
  }
}

/** Assigns arrivals to idle sessions and queues them at the limit of requests in flight. */
class Dispatcher {
  readonly #context: LoopContext;
  readonly #free: Session[];
  readonly #all: Session[];
  readonly #queue: Arrival[] = [];
  readonly #working = new Set<Promise<void>>();
  readonly #result = { ...noArrivals };

  constructor(context: LoopContext) {
    this.#context = context;
    this.#all = Array.from({ length: context.options.users }, () => new Session(context.session));
    this.#free = [...this.#all];
  }

  /** Starts a task that is due, or queues it. */
  arrive(arrival: Arrival): void {
    const result = this.#result;
    result.dueCount++;
    result.unsentCount++;
    if (this.#context.ending.aborted) return;
    if (this.#working.size >= this.#context.options.maxInFlight) {
      this.#queue.push(arrival);
      return;
    }
    result.maxLagMs = Math.max(result.maxLagMs, performance.now() - arrival.dueAtMs);
    this.#start(arrival);
  }

  /** Waits for the requests in flight. */
  async finish(): Promise<ArrivalResult> {
    await Promise.all(this.#working);
    return this.#result;
  }

  /** Closes the connections of all sessions. */
  close(): void {
    for (const session of this.#all) session.close();
  }

  #start(arrival: Arrival): void {
    const session = this.#free.shift() ?? this.#addSession();
    const random = createRandom(this.#context.options.seed, arrival.index);
    const requests = planTask(pickTask(random), random, new Date());
    const work = session.perform(requests, arrival.dueAtMs).then(() => {
      this.#working.delete(work);
      this.#free.push(session);
      this.#startNext();
    });
    this.#working.add(work);
    const result = this.#result;
    result.startedCount++;
    result.unsentCount--;
    result.maxInFlightCount = Math.max(result.maxInFlightCount, this.#working.size);
    this.#context.setActive(this.#working.size);
  }

  #startNext(): void {
    this.#context.setActive(this.#working.size);
    if (this.#context.ending.aborted) return;
    const arrival = this.#queue.shift();
    if (!arrival) return;
    this.#result.delayedCount++;
    this.#start(arrival);
  }

  #addSession(): Session {
    const session = new Session(this.#context.session);
    this.#all.push(session);
    return session;
  }
}

/** Waits until a time of `performance.now`, or until the run ends. */
async function waitUntil(atMs: number, ending: AbortSignal): Promise<void> {
  // Timers have a resolution of one millisecond. The rest is spent in turns of the event loop, because
  // any delay of a request would be part of its latency.
  const wholeMs = Math.floor(atMs - performance.now());
  if (wholeMs > 0) await sleepUnlessEnding(wholeMs, ending);
  while (performance.now() < atMs && !ending.aborted) await setImmediate();
}
