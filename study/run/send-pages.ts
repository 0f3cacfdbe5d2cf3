import { setTimeout as sleep } from "node:timers/promises";
import type { PageOutcome } from "#load/recorder.ts";
import { type PageRequest, pickTask, planTask, type Task } from "#load/scenario.ts";
import { Session } from "#load/session.ts";
import type { Random } from "#measure/random.ts";
import type { Condition, Entry } from "../experiment/experiment.ts";
import type { Addresses } from "../platforms/platform.ts";
import { epochMs } from "../records/clock.ts";
import { type SentStep, startTrace } from "../records/sent-step.ts";

/** The input of one call, besides its condition. */
export interface CallOptions {
  /** The addresses of the shop. */
  readonly addresses: Addresses;
  /** Epoch milliseconds at which the call is due. */
  readonly intendedAtMs: number;
  /** Draws the visitor: task, products and form. */
  readonly random: Random;
  /** Cancels the call. */
  readonly signal: AbortSignal;
}

type PageCondition = Pick<Condition, "timeoutMs"> & { entry: Exclude<Entry, { kind: "rpc" }> };

/** Loads the pages of one new visitor in order, until one fails. Never rejects. */
export async function sendPages(
  { entry, timeoutMs }: PageCondition,
  options: CallOptions,
): Promise<SentStep[]> {
  const { signal, intendedAtMs, random } = options;
  const pauseMs = entry.kind === "checkout" ? entry.pauseMs : 0;
  const visit = new Visit(timeoutMs, options);
  const requests = planTask(taskOf(entry, random), random, new Date());
  try {
    let dueAtMs = intendedAtMs;
    for (const [index, request] of requests.entries()) {
      if (index > 0) {
        await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
        dueAtMs = epochMs();
      }
      if (signal.aborted || !(await visit.load(request, dueAtMs))) break;
    }
    return visit.steps;
  } finally {
    visit.close();
  }
}

function taskOf(entry: PageCondition["entry"], random: Random): Task {
  if (entry.kind === "checkout") return "checkout";
  if (entry.kind === "visit") return pickTask(random);
  return ({ home: "index", product: "browse", cart: "viewCart" } as const)[entry.page];
}

/** A session of the load generator in which every request is a trace of its own. */
class Visit {
  readonly steps: SentStep[] = [];
  readonly #session: Session;
  #intendedAtMs: number | undefined;
  #request = { traceId: "", sentAtMs: 0 };

  constructor(timeoutMs: number, { addresses, signal }: CallOptions) {
    this.#session = new Session({
      ...addresses.storefront,
      timeoutMs,
      signal,
      extraHeaders: () => {
        const { traceId, headers } = startTrace();
        this.#request = { traceId, sentAtMs: epochMs() };
        return headers;
      },
      mayRequest: () => !signal.aborted,
      onOutcome: (outcome) => this.#record(outcome),
      onResend: () => undefined,
      onAbandon: () => undefined,
    });
  }

  /** Whether the page, and all pages of its redirects, loaded as expected. */
  async load(request: PageRequest, dueAtMs: number): Promise<boolean> {
    const before = this.steps.length;
    this.#intendedAtMs = dueAtMs;
    await this.#session.perform([request], dueAtMs - performance.timeOrigin);
    return this.steps.length > before && this.steps.every(({ isOk }) => isOk);
  }

  close(): void {
    this.#session.close();
  }

  #record({ page, latencyMs, error, status, serverTiming = "" }: PageOutcome): void {
    this.steps.push({
      step: page,
      intendedAtMs: this.#intendedAtMs ?? this.#request.sentAtMs,
      ...this.#request,
      latencyMs,
      status: error ?? String(status),
      isOk: error === undefined,
      serverTiming,
    });
    this.#intendedAtMs = undefined;
  }
}
