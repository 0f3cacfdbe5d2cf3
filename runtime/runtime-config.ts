import { readEnvironment } from "./environment.ts";
import { logLevels, type Severity } from "./log.ts";
import { type PrewarmMode, prewarmModes } from "./prewarm.ts";
import { readTracingConfig, type TracingConfig } from "./tracing-config.ts";

/** What every function reads from its environment, beside what is its own. */
export interface RuntimeConfig {
  /**
   * The address to listen on. All interfaces where it is not set (Knative's runtime contract); then
   * nothing needs to be looked up, which Node.js would spend several milliseconds of the boot on.
   */
  host: string | undefined;
  /** The function's one port. */
  port: number;
  /** Where Prometheus scrapes; a port of the pod only. */
  metricsPort: number;
  /** The Knative Service's name, and `service.name` in traces. */
  service: string;
  /** The Knative Revision's name. */
  revision: string | undefined;
  /** Where spans go, and which. */
  tracing: TracingConfig;
  /** Which dependencies it warms up ahead of a request (PREWARM); `off` by default. */
  prewarm: PrewarmMode;
  /** The least severity that is logged. */
  logLevel: Severity;
  /** Epoch milliseconds at which the platform began to start this process. */
  spawnedAtMs: number | undefined;
}

/**
 * Reads the runtime's variables.
 *
 * @throws ConfigError naming each variable that is wrong
 */
export function readRuntimeConfig(
  env: NodeJS.ProcessEnv,
  defaultService: string,
): Readonly<RuntimeConfig> {
  return readEnvironment(env, (read) => {
    const spawnedAt = Number(read.optionalString("SHOP_SPAWNED_AT"));
    return {
      host: read.optionalString("HOST"),
      port: read.port("PORT", 8080),
      metricsPort: read.port("METRICS_PORT", 9464),
      service: read.string("K_SERVICE", defaultService),
      revision: read.optionalString("K_REVISION"),
      tracing: readTracingConfig(read),
      prewarm: read.oneOf("PREWARM", prewarmModes, "off"),
      logLevel: read.oneOf("LOG_LEVEL", logLevels, "info"),
      spawnedAtMs: Number.isFinite(spawnedAt) ? spawnedAt : undefined,
    };
  });
}
