import { randomUUID } from "node:crypto";
import { ROOT_CONTEXT, type Span, SpanKind, trace } from "@opentelemetry/api";
import { prewarm } from "#protos/events.ts";
import { PrewarmServiceDefinition } from "#protos/prewarm.ts";
import { createClient } from "./client.ts";
import type { EventSink } from "./deliver-event.ts";
import { isKnownWarm, recordAnswer } from "./known-warm.ts";
import { log } from "./log.ts";
import { counter } from "./metrics.ts";
import type { PrewarmMode } from "./prewarm-mode.ts";
import { runInScope } from "./request-context.ts";
import type { Client } from "./rpc.ts";
import { toStatusError } from "./status.ts";
import { tracer } from "./tracing.ts";

// The cause of a warm-up: the function's boot, a prediction, or a warm-up of the function itself.
type PrewarmTrigger = "boot" | "predict" | "forward";

/** The dependencies of a function by name: `host:port` if it calls them, otherwise a sink of events. */
export type Dependencies = Readonly<Record<string, string | EventSink>>;

/** The options of a Prewarmer. */
export interface PrewarmerOptions {
  /** The function's own name. */
  readonly service: string;
  /** The value of PREWARM. */
  readonly mode: PrewarmMode;
  /** The dependencies that it warms up. */
  readonly dependencies: Dependencies;
  /** Whether it predicts the next request: if so, mode `predict` warms up nothing at its boot. */
  readonly predicts: boolean;
}

interface BootWarmUp {
  readonly dependency: string;
  /** Epoch milliseconds. */
  readonly startTime: number;
  readonly ended: Promise<{ code: string; endTime: number }>;
}

const warmUps = counter({
  name: "faas_prewarms_total",
  help: "Warm-ups of dependencies by their outcome.",
  labels: ["callee", "trigger", "grpc_code"],
});

// A dependency may have to be scheduled, and the nodes of a small cluster are busy while many start.
const timeoutMs = 30_000;

/**
 * Warms up dependencies. Neither requests nor a drain wait for a warm-up, and its failure is only logged.
 * A dependency that is being warmed up or has just answered is skipped, so there is never more than one
 * warm-up per dependency.
 */
export class Prewarmer {
  readonly #options: PrewarmerOptions;
  readonly #clients = new Map<string, Client<typeof PrewarmServiceDefinition>>();
  readonly #busy = new Set<string>();
  readonly #closing = new AbortController();
  readonly #listening = Promise.withResolvers<void>();
  #bootWarmUps: BootWarmUp[] = [];

  constructor(options: PrewarmerOptions) {
    this.#options = options;
    if (options.mode === "off") return;
    // Created before any call, so that the warm-up and the function's own clients share a connection.
    for (const [dependency, target] of Object.entries(options.dependencies)) {
      if (typeof target !== "string") continue;
      this.#clients.set(dependency, createClient(PrewarmServiceDefinition, target, { timeoutMs }));
    }
  }

  /**
   * Warms up all dependencies; in mode `predict` only if the function does not predict. Called once,
   * before the function's own port is open.
   */
  warmUpAtBoot(): void {
    const { mode, predicts, dependencies } = this.#options;
    if (mode === "off" || (mode === "predict" && predicts)) return;
    this.#bootWarmUps = Object.keys(dependencies).map((dependency) => ({
      dependency,
      startTime: Date.now(),
      ended: this.#warmUpForBoot(dependency).then((code) => ({ code, endTime: Date.now() })),
    }));
  }

  /** Reports that the function's own port is open: the events of the boot are sent then. */
  reportListening(): void {
    this.#listening.resolve();
  }

  /** Warms up all dependencies, unless the mode is `off`, because the function itself was warmed up. */
  forward(): void {
    const { mode, dependencies } = this.#options;
    if (mode === "off") return;
    for (const dependency of Object.keys(dependencies)) void this.#warmUp(dependency, "forward");
  }

  /** Warms up the named dependencies in mode `predict`; ignores unknown names. */
  predict(names: readonly string[]): void {
    if (this.#options.mode !== "predict") return;
    for (const dependency of names) void this.#warmUp(dependency, "predict");
  }

  /**
   * Records the warm-ups of the boot in the trace of the first request. They were sent before that trace
   * started, so the requests that they caused have traces of their own. Resolves when all have ended.
   */
  async traceBoot(firstRequest: Span): Promise<void> {
    const bootWarmUps = this.#bootWarmUps;
    this.#bootWarmUps = [];
    const record = async ({ dependency, startTime, ended }: BootWarmUp) => {
      const span = tracer.startSpan(
        `prewarm ${dependency}`,
        { kind: SpanKind.INTERNAL, startTime, attributes: { "faas.invoked_name": dependency } },
        trace.setSpan(ROOT_CONTEXT, firstRequest),
      );
      const { code, endTime } = await ended;
      span.setAttribute("rpc.status_code", code);
      span.end(endTime);
    };
    await Promise.all(bootWarmUps.map(record));
  }

  /** Closes the channels and ends pending warm-ups. */
  close(): void {
    this.#closing.abort();
    for (const client of this.#clients.values()) client.close();
  }

  // An event needs the `cloudevents` package, which is not loaded before the port is open.
  async #warmUpForBoot(dependency: string): Promise<string> {
    if (!this.#clients.has(dependency)) await this.#listening.promise;
    return this.#warmUp(dependency, "boot");
  }

  async #warmUp(dependency: string, trigger: PrewarmTrigger): Promise<string> {
    const target = this.#options.dependencies[dependency];
    if (target === undefined || this.#busy.has(dependency)) return "OK";
    const address = typeof target === "string" ? target : target.address;
    if (isKnownWarm(address)) return "OK";
    this.#busy.add(dependency);
    let code = "OK";
    try {
      await this.#send(dependency, target);
    } catch (error) {
      const status = toStatusError(error);
      code = status.code;
      if (!this.#closing.signal.aborted) {
        const fields = { grpc_code: code, trigger };
        log.warn(`could not warm up ${dependency}: ${status.message}`, fields);
      }
    } finally {
      this.#busy.delete(dependency);
    }
    warmUps.inc({ callee: dependency, trigger, grpc_code: code });
    return code;
  }

  async #send(dependency: string, target: string | EventSink): Promise<void> {
    const waker = this.#options.service;
    const { signal } = this.#closing;
    if (typeof target === "string") {
      // Outside of the current request, which may end or be cancelled before the dependency is warm.
      await runInScope(undefined, async () => {
        await this.#clients.get(dependency)?.wake({ waker }, { signal });
      });
    } else {
      const content = { id: randomUUID(), publisher: waker, data: { waker } };
      await target.publish(prewarm, content, { timeoutMs, pausesMs: [], signal });
      recordAnswer(target.address);
    }
  }
}
