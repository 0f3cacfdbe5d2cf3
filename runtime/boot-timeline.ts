import { performance } from "node:perf_hooks";
import { type HrTime, ROOT_CONTEXT, type Span, trace } from "@opentelemetry/api";
import { counter, histogram } from "./metrics.ts";
import { tracer } from "./tracing.ts";

/**
 * The phases of a boot, in their order: `spawn` (from the platform's start of the process until it runs),
 * `node` (Node's own bootstrap), `modules` (reading the function's code), `listen` (configuration,
 * stores, opening the port), `telemetry` (loading tracing after the port is open).
 */
export type BootPhase = "spawn" | "node" | "modules" | "listen" | "telemetry";

const coldStarts = counter({
  name: "faas_coldstarts_total",
  help: "Cold starts: boots of this function that a request waited for.",
});

const bootSeconds = histogram({
  name: "faas_boot_seconds",
  help: "How long each phase of the function's boot took, in seconds.",
  labels: ["phase"],
});

/** The timeline of this process from its start until it accepts requests. */
export class BootTimeline {
  /** Epoch milliseconds at which the first phase started. */
  readonly #startMs: number;
  readonly #ends: { phase: BootPhase; endMs: number }[] = [];
  #isReported = false;

  /** @param spawnedAtMs epoch milliseconds at which the platform started the process, if known */
  constructor(spawnedAtMs?: number) {
    const origin = performance.timeOrigin;
    const known = spawnedAtMs !== undefined && spawnedAtMs <= origin;
    this.#startMs = known ? spawnedAtMs : origin;
    if (known) this.#ends.push({ phase: "spawn", endMs: origin });
    this.#ends.push({ phase: "node", endMs: origin + performance.nodeTiming.bootstrapComplete });
  }

  /** Ends a phase now. */
  end(phase: BootPhase): void {
    this.#ends.push({ phase, endMs: performance.timeOrigin + performance.now() });
  }

  /** Milliseconds from the start until the end of the last phase so far. */
  get durationMs(): number {
    return (this.#ends.at(-1)?.endMs ?? this.#startMs) - this.#startMs;
  }

  /** Milliseconds of each phase. */
  phases(): Record<string, number> {
    let start = this.#startMs;
    const phases: Record<string, number> = {};
    for (const { phase, endMs } of this.#ends) {
      phases[phase] = endMs - start;
      start = endMs;
    }
    return phases;
  }

  /** Returns true only for the first call: that of the request that waited for the cold start. */
  acquire(): boolean {
    if (this.#isReported) return false;
    this.#isReported = true;
    return true;
  }

  /** Counts the cold start and writes the boot as spans under the first request's span. */
  record(firstRequest: Span): void {
    coldStarts.inc();
    const parent = trace.setSpan(ROOT_CONTEXT, firstRequest);
    const boot = tracer.startSpan("faas.boot", { startTime: toHrTime(this.#startMs) }, parent);
    let start = this.#startMs;
    for (const { phase, endMs } of this.#ends) {
      bootSeconds.observe({ phase }, (endMs - start) / 1000);
      tracer
        .startSpan(
          `faas.boot.${phase}`,
          { startTime: toHrTime(start) },
          trace.setSpan(parent, boot),
        )
        .end(toHrTime(endMs));
      start = endMs;
    }
    boot.end(toHrTime(start));
  }
}

// In whole microseconds: the exporter does not round, and Zipkin's timestamps are integers.
function toHrTime(epochMs: number): HrTime {
  const microseconds = Math.round(epochMs * 1000);
  return [Math.floor(microseconds / 1e6), (microseconds % 1e6) * 1000];
}
