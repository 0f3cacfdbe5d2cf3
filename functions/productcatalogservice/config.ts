import { readEnvironment } from "#runtime/environment.ts";

/** Reads the environment; throws ConfigError if a variable is invalid. */
export function readConfig(env: NodeJS.ProcessEnv) {
  return readEnvironment(env, (read) => ({
    /** The JSON file of the catalog; undefined for the built-in one. */
    catalogFile: read.optionalString("PRODUCT_CATALOG_FILE"),
    /** Milliseconds for which pages may show a product that changed, and orders then cost what they show. */
    lifetimeMs: read.durationMs("PRODUCT_CATALOG_LIFETIME", "60s"),
    /** Milliseconds added to every call, to study a slow catalog. */
    extraLatencyMs: read.durationMs("EXTRA_LATENCY", "0s"),
  }));
}
