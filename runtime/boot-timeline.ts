import { performance } from "node:perf_hooks";
import { type HrTime, ROOT_CONTEXT, type Span, trace } from "@opentelemetry/api";
import { counter, histogram } from "./metrics.ts";
import { tracer } from "./tracing.ts";

/**
 * The phases of a boot, in their order: `spawn` (the platform starts the process until it runs),
 * `node` (Node's own bootstrap), `modules` (reading the function's code), `listen` (configuration,
 * stores, opening the port), `telemetry` (loading tracing and metrics after the port is open).
 */
export const bootPhases = ["spawn", "node", "modules", "listen", "telemetry"] as const;

/** One of the phases of a boot. */
export type BootPhase = (typeof bootPhases)[number];

const coldStarts = counter({
  name: "faas_coldstarts_total",
  help: "Cold starts: boots of this function that a request has met.",
});

const bootSeconds = histogram({
  name: "faas_boot_seconds",
  help: "How long each phase of the function's boot took, in seconds.",
  labels: ["phase"],
});

/** The timeline of this process from its start until it takes requests. */
export class BootTimeline {
  /** Epoch milliseconds at which the first phase began. */
  readonly #startMs: number;
  readonly #ends: { phase: BootPhase; endMs: number }[] = [];
  #claimed = false;

  /** `spawnedAtMs` is when the platform began to start the process, where it says so. */
  constructor(spawnedAtMs?: number) {
    const origin = performance.timeOrigin;
    const known = spawnedAtMs !== undefined && spawnedAtMs <= origin;
    this.#startMs = known ? spawnedAtMs : origin;
    if (known) this.#ends.push({ phase: "spawn", endMs: origin });
    this.#ends.push({ phase: "node", endMs: origin + performance.nodeTiming.bootstrapComplete });
  }

  /** The phase ends now. */
  end(phase: BootPhase): void {
    this.#ends.push({ phase, endMs: performance.timeOrigin + performance.now() });
  }

  /** Milliseconds from the start until the end of the last phase so far. */
  get durationMs(): number {
    return (this.#ends.at(-1)?.endMs ?? this.#startMs) - this.#startMs;
  }

  /** Milliseconds of each phase. */
  phases(): Record<string, number> {
    let begin = this.#startMs;
    const phases: Record<string, number> = {};
    for (const { phase, endMs } of this.#ends) {
      phases[phase] = endMs - begin;
      begin = endMs;
    }
    return phases;
  }

  /** True for the first caller alone: the request that met the cold start. */
  claim(): boolean {
    if (this.#claimed) return false;
    this.#claimed = true;
    return true;
  }

  /** Counts the cold start and writes the boot as spans under the first request's span. */
  record(firstRequest: Span): void {
    coldStarts.inc();
    const parent = trace.setSpan(ROOT_CONTEXT, firstRequest);
    const boot = tracer.startSpan("faas.boot", { startTime: toHrTime(this.#startMs) }, parent);
    let begin = this.#startMs;
    for (const { phase, endMs } of this.#ends) {
      bootSeconds.observe({ phase }, (endMs - begin) / 1000);
      tracer
        .startSpan(
          `faas.boot.${phase}`,
          { startTime: toHrTime(begin) },
          trace.setSpan(parent, boot),
        )
        .end(toHrTime(endMs));
      begin = endMs;
    }
    boot.end(toHrTime(begin));
  }
}

// In whole microseconds: the exporter writes what it gets, and Zipkin's timestamps are integers.
function toHrTime(epochMs: number): HrTime {
  const microseconds = Math.round(epochMs * 1000);
  return [Math.floor(microseconds / 1e6), (microseconds % 1e6) * 1000];
}
