import type { BootTimeline } from "./boot-timeline.ts";
import { log } from "./log.ts";
import { loadMetrics } from "./metrics.ts";
import type { Tracing, TracingOptions } from "./tracing-sdk.ts";

/**
 * Tracing and metrics of a process, loaded after its port is open. A request that comes earlier
 * waits for them, so that none goes unseen.
 */
export class Telemetry {
  readonly #options: TracingOptions;
  readonly #waiting = Promise.withResolvers<void>();
  #loaded = false;
  #tracing: Tracing | undefined;

  constructor(options: TracingOptions) {
    this.#options = options;
  }

  /** Undefined once everything is there; before, a promise of that. */
  get pending(): Promise<void> | undefined {
    return this.#loaded ? undefined : this.#waiting.promise;
  }

  /** Loads everything, ends the boot's last phase, and lets the waiting requests go. */
  async load(boot: BootTimeline): Promise<void> {
    const [{ startTracing }] = await Promise.all([import("./tracing-sdk.ts"), loadMetrics()]);
    this.#tracing = await startTracing(this.#options);
    boot.end("telemetry");
    this.#loaded = true;
    this.#waiting.resolve();
  }

  /** Sends the last spans. Where they cannot be sent they are lost, which fails nothing else. */
  async shutdown(): Promise<void> {
    try {
      await this.#tracing?.shutdown();
    } catch (error) {
      log.warn("the last spans were not sent", { error });
    }
  }
}
