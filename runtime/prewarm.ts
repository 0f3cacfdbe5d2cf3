import { randomUUID } from "node:crypto";
import { ROOT_CONTEXT, type Span, SpanKind, trace } from "@opentelemetry/api";
import { prewarm } from "#protos/events.ts";
import { PrewarmServiceDefinition } from "#protos/prewarm.ts";
import { createClient } from "./client.ts";
import type { EventSink } from "./deliver-event.ts";
import { isKnownWarm, recordAnswer } from "./known-warm.ts";
import { log } from "./log.ts";
import { counter } from "./metrics.ts";
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

/** Functions by name: `host:port` of those that are called, sinks of events for the others. */
export type Callees = Readonly<Record<string, string | EventSink>>;

/** What a function needs to know to wake others. */
export interface PrewarmerOptions {
  /** The function's own name. */
  readonly service: string;
  /** PREWARM. */
  readonly mode: PrewarmMode;
  /** The functions that it needs, by name: `host:port`, or the sink of events that reach them. */
  readonly callees: Callees;
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
  readonly #listening = Promise.withResolvers<void>();
  #bootWakes: BootWake[] = [];

  constructor(options: PrewarmerOptions) {
    this.#options = options;
    if (options.mode === "off") return;
    // Before any call, so that the wake and a callee's clients share a channel.
    for (const [callee, target] of Object.entries(options.callees)) {
      if (typeof target !== "string") continue;
      const client = createClient(PrewarmServiceDefinition, target, { timeoutMs: wakeTimeoutMs });
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
      ended: this.#wakeForBoot(callee).then((code) => ({ code, endTime: Date.now() })),
    }));
  }

  /** The function's own port is open: the events of the boot are sent. */
  reportListening(): void {
    this.#listening.resolve();
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

  // An event takes a package that is not loaded before the port is open.
  async #wakeForBoot(callee: string): Promise<string> {
    if (!this.#clients.has(callee)) await this.#listening.promise;
    return this.#wake(callee, "boot");
  }

  async #wake(callee: string, trigger: PrewarmTrigger): Promise<string> {
    const target = this.#options.callees[callee];
    if (target === undefined || this.#busy.has(callee)) return "OK";
    const address = typeof target === "string" ? target : target.address;
    if (isKnownWarm(address)) return "OK";
    this.#busy.add(callee);
    let code = "OK";
    try {
      // The request that told about it may end, or be given up, before the callee is awake.
      const { signal } = this.#closing;
      const client = this.#clients.get(callee);
      const waker = this.#options.service;
      if (client) await runInScope(undefined, () => client.wake({ waker }, { signal }));
      else if (typeof target !== "string") {
        const content = { id: randomUUID(), publisher: waker, data: { waker } };
        const once = { timeoutMs: wakeTimeoutMs, pausesMs: [], signal };
        await target.publish(prewarm, content, once);
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
