import { build } from "hdr-histogram-js";
import type { LoopContext } from "#load/loop-context.ts";
import { runOpenLoop } from "#load/open-loop.ts";
import { readLoadOptions } from "#load/options.ts";
import type { PageOutcome } from "#load/recorder.ts";
import { pickTask, planTask } from "#load/scenario.ts";
import { Session, type SessionOptions } from "#load/session.ts";
import { createRandom } from "#measure/random.ts";
import { RawHttp } from "./raw-http.ts";

/** One phase of a storefront's traffic. */
export interface TrafficPhase {
  /** The storefront's address. */
  readonly url: string;
  /** Tasks that start per second, whether earlier ones were answered or not. */
  readonly tasksPerSecond?: number;
  /** Visitors who start a task as soon as the last one has ended, instead of a rate. */
  readonly users?: number;
  /** For how long tasks start, in milliseconds. */
  readonly durationMs: number;
  /** Selects the tasks. */
  readonly seed: number;
  /** The latency from which on a request counts as slow, in milliseconds. */
  readonly slowMs?: number;
}

/** The result of a phase. Latencies are those of accepted requests, in milliseconds from when they were due. */
export type TrafficResult = Awaited<ReturnType<typeof runTrafficPhase>>;

const timeoutMs = 10_000;
// Connections are open before a phase starts, as those of a gateway or of Knative's queue-proxy. Visitors have one each.
const rateConnectionCount = 256;

/** Sends the tasks of a phase and waits for the answers. */
export async function runTrafficPhase(phase: TrafficPhase) {
  const connectionCount = phase.users ?? rateConnectionCount;
  const http = await RawHttp.open(phase.url, connectionCount, timeoutMs);
  const outcomes = new Outcomes(phase.slowMs ?? Number.POSITIVE_INFINITY);
  const ending = new AbortController();
  const end = setTimeout(() => ending.abort(), phase.durationMs);
  const session: SessionOptions = {
    url: phase.url,
    hostHeader: null,
    timeoutMs,
    exchange: http.exchange,
    signal: new AbortController().signal,
    mayRequest: () => !ending.signal.aborted,
    onOutcome: (outcome) => outcomes.add(outcome),
    onResend: () => undefined,
    onAbandon: () => undefined,
  };
  const work = phase.users === undefined ? sendAtRate : sendInTurn;
  const taskCount = await work(phase, session, ending.signal);
  clearTimeout(end);
  http.close();
  return { taskCount, ...outcomes.summarize(phase.durationMs) };
}

async function sendAtRate(
  { tasksPerSecond = 1, durationMs, seed, url }: TrafficPhase,
  session: SessionOptions,
  ending: AbortSignal,
): Promise<number> {
  const options = readLoadOptions(
    {
      url,
      mode: "poisson",
      rate: tasksPerSecond.toFixed(3),
      maxInFlight: "10000",
      duration: `${durationMs}ms`,
    },
    () => seed,
  );
  const startedAtMs = performance.now();
  const context: LoopContext = {
    options,
    session,
    startedAtMs,
    ending,
    setActive: () => undefined,
  };
  return (await runOpenLoop(context)).dueCount;
}

async function sendInTurn(
  { users = 1, seed }: TrafficPhase,
  options: SessionOptions,
  ending: AbortSignal,
): Promise<number> {
  let taskCount = 0;
  const visit = async () => {
    const session = new Session(options);
    while (!ending.aborted) {
      taskCount += 1;
      const random = createRandom(seed, taskCount);
      await session.perform(planTask(pickTask(random), random, new Date()), performance.now());
    }
    session.close();
  };
  await Promise.all(Array.from({ length: users }, visit));
  return taskCount;
}

class Outcomes {
  readonly #slowMs: number;
  readonly #startMs = performance.now();
  readonly #latencyUs = build({ numberOfSignificantValueDigits: 3 });
  readonly #failures: Record<string, number> = {};
  #rejected = 0;
  #lastAbnormalMs = 0;

  constructor(slowMs: number) {
    this.#slowMs = slowMs;
  }

  add({ error, latencyMs, page }: PageOutcome): void {
    if (error === undefined) this.#latencyUs.recordValue(Math.max(1, Math.round(latencyMs * 1000)));
    else if (error === "status 503") this.#rejected += 1;
    else this.#failures[`${page}: ${error}`] = (this.#failures[`${page}: ${error}`] ?? 0) + 1;
    if (error !== undefined || latencyMs > this.#slowMs) {
      this.#lastAbnormalMs = performance.now() - this.#startMs;
    }
  }

  summarize(durationMs: number) {
    const latency = this.#latencyUs;
    const at = (percentile: number) => latency.getValueAtPercentile(percentile) / 1000;
    return {
      /** Requests that were answered with the expected page, also per second. */
      acceptedCount: latency.totalCount,
      acceptedPerSecond: (latency.totalCount * 1000) / durationMs,
      /** Requests that were answered with 503. */
      rejectedCount: this.#rejected,
      /** Other failures, by page and reason. */
      failures: this.#failures,
      p50Ms: at(50),
      p90Ms: at(90),
      p99Ms: at(99),
      maxMs: latency.maxValue / 1000,
      /** When the last request ended that failed, was rejected or was slow, from the start; 0 for none. */
      lastAbnormalMs: this.#lastAbnormalMs,
    };
  }
}
