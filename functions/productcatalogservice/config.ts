import { readEnvironment } from "#runtime/environment.ts";

/** The configuration of the product catalog service. */
export interface CatalogConfig {
  /** The JSON file of the catalog (PRODUCT_CATALOG_FILE); undefined for the built-in one. */
  readonly catalogFile: string | undefined;
  /** Milliseconds added to every call (EXTRA_LATENCY), to study a slow catalog. */
  readonly extraLatencyMs: number;
}

/** Reads the environment; throws ConfigError if a variable is invalid. */
export function readConfig(env: NodeJS.ProcessEnv): CatalogConfig {
  return readEnvironment(env, (read) => ({
    catalogFile: read.optionalString("PRODUCT_CATALOG_FILE"),
    extraLatencyMs: read.durationMs("EXTRA_LATENCY", "0s"),
  }));
}
