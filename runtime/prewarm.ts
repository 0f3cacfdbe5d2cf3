import { ROOT_CONTEXT, type Span, SpanKind, trace } from "@opentelemetry/api";
import { PrewarmServiceDefinition } from "#protos/prewarm.ts";
import { createClient } from "./client.ts";
import { isKnownWarm, recordAnswer } from "./known-warm.ts";
import { log } from "./log.ts";
import { counter } from "./metrics.ts";
import { sendPrewarmEvent } from "./prewarm-event.ts";
import { runInScope } from "./request-context.ts";
import type { Client } from "./rpc.ts";
import { toStatusError } from "./status.ts";
import { tracer } from "./tracing.ts";

/**
 * Which functions a function wakes before it needs them: none (`off`), all that it calls as soon as
 * it boots (`graph`), or those that the next request will probably need (`predict`). What has no pages
 * to predict from does the same in both: who wakes it, or calls it, needs its callees next.
 */
export const prewarmModes = ["off", "graph", "predict"] as const;

/** One of the modes. */
export type PrewarmMode = (typeof prewarmModes)[number];

/** Why a callee is woken: the function boots, a page tells what comes next, or it was woken itself. */
export type PrewarmTrigger = "boot" | "predict" | "forward";

/** What a function needs to know to wake others. */
export interface PrewarmerOptions {
  /** The function's own name. */
  readonly service: string;
  /** PREWARM. */
  readonly mode: PrewarmMode;
  /** The functions that it needs, by name: `host:port`, or the HTTP URL of a sink of events. */
  readonly callees: Readonly<Record<string, string>>;
  /** Whether it tells what the next request needs: then mode `predict` wakes nothing at its boot. */
  readonly predicts: boolean;
}

interface BootWake {
  readonly callee: string;
  readonly startTime: number;
  readonly ended: Promise<{ code: string; endTime: number }>;
}

const wakes = counter({
  name: "faas_prewarms_total",
  help: "Functions that this one has woken before it needed them, by how that ended.",
  labels: ["callee", "trigger", "grpc_code"],
});

// A callee may have to be scheduled, and every node of a small cluster is busy while many start.
const wakeTimeoutMs = 30_000;

/**
 * Wakes callees. Nobody waits for a wake, not even a drain, and its failure fails nothing; a callee that is being woken
 * or has just answered is left alone, so that wakes never outnumber callees.
 */
export class Prewarmer {
  readonly #options: PrewarmerOptions;
  readonly #clients = new Map<string, Client<typeof PrewarmServiceDefinition>>();
  readonly #busy = new Set<string>();
  readonly #closing = new AbortController();
  #bootWakes: BootWake[] = [];

  constructor(options: PrewarmerOptions) {
    this.#options = options;
    if (options.mode === "off") return;
    // Before any call, so that the wake and a callee's clients share a channel.
    for (const [callee, address] of Object.entries(options.callees)) {
      if (isSink(address)) continue;
      const client = createClient(PrewarmServiceDefinition, address, { timeoutMs: wakeTimeoutMs });
      this.#clients.set(callee, client);
    }
  }

  /**
   * Wakes all callees, in mode `predict` only for a function that does not predict itself. Called
   * once, before the function's own port is open.
   */
  wakeAtBoot(): void {
    const { mode, predicts, callees } = this.#options;
    if (mode === "off" || (mode === "predict" && predicts)) return;
    this.#bootWakes = Object.keys(callees).map((callee) => ({
      callee,
      startTime: Date.now(),
      ended: this.#wake(callee, "boot").then((code) => ({ code, endTime: Date.now() })),
    }));
  }

  /** Passes a wake on to all callees, in the modes that wake any. */
  forward(): void {
    if (this.#options.mode === "off") return;
    for (const callee of Object.keys(this.#options.callees)) void this.#wake(callee, "forward");
  }

  /** Wakes what the next request will need, in mode `predict`; names that are no callee are none. */
  predict(names: readonly string[]): void {
    if (this.#options.mode !== "predict") return;
    for (const callee of names) void this.#wake(callee, "predict");
  }

  /**
   * Shows the wakes of the boot in the trace of the first request. They were sent before there was
   * any trace, so what they woke has traces of its own. Resolves when all have ended.
   */
  async traceBoot(firstRequest: Span): Promise<void> {
    const bootWakes = this.#bootWakes;
    this.#bootWakes = [];
    const traceWake = async ({ callee, startTime, ended }: BootWake) => {
      const span = tracer.startSpan(
        `prewarm ${callee}`,
        { kind: SpanKind.INTERNAL, startTime, attributes: { "faas.invoked_name": callee } },
        trace.setSpan(ROOT_CONTEXT, firstRequest),
      );
      const { code, endTime } = await ended;
      span.setAttribute("rpc.status_code", code);
      span.end(endTime);
    };
    await Promise.all(bootWakes.map(traceWake));
  }

  /** Gives up the channels, and the wakes that are under way. */
  close(): void {
    this.#closing.abort();
    for (const client of this.#clients.values()) client.close();
  }

  async #wake(callee: string, trigger: PrewarmTrigger): Promise<string> {
    const address = this.#options.callees[callee];
    if (address === undefined || this.#busy.has(callee) || isKnownWarm(address)) return "OK";
    this.#busy.add(callee);
    let code = "OK";
    try {
      // The request that told about it may end, or be given up, before the callee is awake.
      const { signal } = this.#closing;
      const client = this.#clients.get(callee);
      const waker = this.#options.service;
      if (client) await runInScope(undefined, () => client.wake({ waker }, { signal }));
      else {
        const bounded = AbortSignal.any([signal, AbortSignal.timeout(wakeTimeoutMs)]);
        await sendPrewarmEvent(address, waker, bounded);
        recordAnswer(address);
      }
    } catch (error) {
      const status = toStatusError(error);
      code = status.code;
      if (!this.#closing.signal.aborted)
        log.warn(`could not wake ${callee}: ${status.message}`, { grpc_code: code, trigger });
    } finally {
      this.#busy.delete(callee);
    }
    wakes.inc({ callee, trigger, grpc_code: code });
    return code;
  }
}

function isSink(address: string): boolean {
  return /^https?:/.test(address);
}
