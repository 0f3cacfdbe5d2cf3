import { setTimeout as sleep } from "node:timers/promises";
import type { PageOutcome } from "#load/recorder.ts";
import { type PageRequest, pickTask, planTask, type Task } from "#load/scenario.ts";
import { Session } from "#load/session.ts";
import type { Random } from "#measure/random.ts";
import type { Entry } from "../experiment/experiment.ts";
import type { Addresses } from "../platforms/platform.ts";
import { epochMs } from "../records/clock.ts";
import { type SentStep, startTrace } from "../records/sent-step.ts";

/** Options of one visit. */
export interface VisitOptions {
  /** Where the storefront is. */
  readonly storefront: Addresses["storefront"];
  /** Epoch milliseconds at which the visit is due. */
  readonly intendedAtMs: number;
  /** Bound of one page. */
  readonly timeoutMs: number;
  /** Draws task, products and form. */
  readonly random: Random;
  /** Cancels the visit. */
  readonly signal: AbortSignal;
}

/** Loads the pages of one new visitor in order, until one fails. Never rejects. */
export async function sendPages(
  entry: Exclude<Entry, { kind: "rpc" }>,
  options: VisitOptions,
): Promise<SentStep[]> {
  const { signal, intendedAtMs } = options;
  const pauseMs = entry.kind === "checkout" ? entry.pauseMs : 0;
  const visit = new Visit(options);
  try {
    let dueAtMs = intendedAtMs;
    for (const [index, request] of planTask(
      taskOf(entry, options.random),
      options.random,
      new Date(),
    ).entries()) {
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

function taskOf(entry: Exclude<Entry, { kind: "rpc" }>, random: Random): Task {
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

  constructor({ storefront, timeoutMs, signal }: VisitOptions) {
    this.#session = new Session({
      ...storefront,
      timeoutMs,
      signal,
      extraHeaders: () => {
        const { traceId, headers } = startTrace();
        this.#request = { traceId, sentAtMs: epochMs() };
        return headers;
      },
      mayRequest: () => !signal.aborted,
      onOutcome: (outcome) => this.#note(outcome),
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

  #note({ page, latencyMs, error, status, serverTiming = "" }: PageOutcome): void {
    const { traceId, sentAtMs } = this.#request;
    const intendedAtMs = this.#intendedAtMs ?? sentAtMs;
    this.#intendedAtMs = undefined;
    this.steps.push({
      step: page,
      intendedAtMs,
      sentAtMs,
      latencyMs,
      status: error ?? String(status),
      isOk: error === undefined,
      serverTiming,
      traceId,
    });
  }
}
