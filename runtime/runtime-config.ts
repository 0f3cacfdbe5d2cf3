import { readEnvironment } from "./environment.ts";
import { type IdentityConfig, readIdentityConfig } from "./identity/identity-config.ts";
import { logLevels, type Severity } from "./log.ts";
import { readMaxRequests } from "./max-requests.ts";
import { type PrewarmMode, prewarmModes } from "./prewarm-mode.ts";
import { readTracingConfig, type TracingConfig } from "./tracing-config.ts";

/** The configuration that every function reads from its environment, in addition to its own variables. */
export interface RuntimeConfig {
  /**
   * The address to listen on; all interfaces if it is not set (Knative's runtime contract), which saves
   * the several milliseconds of boot time that Node.js spends on looking up a name.
   */
  host: string | undefined;
  /** The function's TCP port for gRPC and HTTP/1.1. */
  port: number;
  /** The TCP port that Prometheus scrapes; not reachable through the gateway. */
  metricsPort: number;
  /** The Knative Service's name, and `service.name` in traces. */
  service: string;
  /** The Knative Revision's name. */
  revision: string | undefined;
  /** Which spans are exported, and to which endpoint. */
  tracing: TracingConfig;
  /** Which dependencies it warms up ahead of a request (PREWARM); `off` by default. */
  prewarm: PrewarmMode;
  /** Whether its clients keep responses for as long as the other function allows (RESPONSE_CACHE). */
  cachesResponses: boolean;
  /** The maximum number of requests in flight (MAX_CONCURRENT_REQUESTS). */
  maxRequests: number;
  /** The lowest severity that is logged. */
  logLevel: Severity;
  /** The rules of the faults that are injected (SHOP_FAULTS), unchecked; undefined for none. */
  faults: string | undefined;
  /** Which tokens it sends with its calls, and which tokens it requires. */
  identity: IdentityConfig;
  /** Epoch milliseconds at which the platform started this process; undefined if that is not known. */
  spawnedAtMs: number | undefined;
}

/**
 * Reads the runtime's variables.
 *
 * @param defaultService the service name if K_SERVICE is not set
 * @throws ConfigError if a variable is invalid
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
      cachesResponses: read.oneOf("RESPONSE_CACHE", ["on", "off"], "on") === "on",
      maxRequests: readMaxRequests(read),
      logLevel: read.oneOf("LOG_LEVEL", logLevels, "info"),
      // Parsed by code that is loaded only if it is set.
      faults: read.optionalString("SHOP_FAULTS"),
      identity: readIdentityConfig(read),
      spawnedAtMs: Number.isFinite(spawnedAt) ? spawnedAt : undefined,
    };
  });
}
