import type { NodeSDK } from "@opentelemetry/sdk-node";
import type { BootTimeline } from "./boot-timeline.ts";
import { log } from "./log.ts";
import type { TracingOptions } from "./tracing-sdk.ts";

/**
 * Tracing of a process, loaded after its port is open. Earlier requests wait for it, so that all requests
 * are traced. Metrics are loaded later, since they queue the values that are recorded before.
 */
export class Telemetry {
  readonly #options: TracingOptions;
  readonly #waiting = Promise.withResolvers<void>();
  #loaded = false;
  #tracing: NodeSDK | undefined;

  constructor(options: TracingOptions) {
    this.#options = options;
  }

  /** Resolves when tracing is loaded; undefined if it is loaded already. */
  get pending(): Promise<void> | undefined {
    return this.#loaded ? undefined : this.#waiting.promise;
  }

  /** Loads tracing, ends the boot's last phase, and continues the waiting requests. */
  async load(boot: BootTimeline): Promise<void> {
    const { startTracing } = await import("./tracing-sdk.ts");
    this.#tracing = await startTracing(this.#options);
    boot.end("telemetry");
    this.#loaded = true;
    this.#waiting.resolve();
  }

  /** Exports the last spans; if that fails, they are lost and the error is logged. */
  async shutdown(): Promise<void> {
    try {
      await this.#tracing?.shutdown();
    } catch (error) {
      log.warn("the last spans were not exported", { error });
    }
  }
}
