import { readEnvironment } from "#runtime/environment.ts";

/** What the environment sets. */
export interface CatalogConfig {
  /** A JSON file to take the catalog from (PRODUCT_CATALOG_FILE); undefined for the shop's own. */
  readonly catalogFile: string | undefined;
  /** Milliseconds that every call takes longer (EXTRA_LATENCY), to see what a slow catalog does. */
  readonly extraLatencyMs: number;
}

/** Reads the environment; throws ConfigError where it is wrong. */
export function readConfig(env: NodeJS.ProcessEnv): CatalogConfig {
  return readEnvironment(env, (read) => ({
    catalogFile: read.optionalString("PRODUCT_CATALOG_FILE"),
    extraLatencyMs: read.durationMs("EXTRA_LATENCY", "0s"),
  }));
}
