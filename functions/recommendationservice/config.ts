import { readEnvironment } from "#runtime/environment.ts";

/** What the environment sets. */
export interface RecommendationConfig {
  /** `host:port` of productcatalogservice (PRODUCT_CATALOG_SERVICE_ADDR); required. */
  readonly catalogAddress: string;
}

/** Reads the environment; throws ConfigError where it is wrong. */
export function readConfig(env: NodeJS.ProcessEnv): RecommendationConfig {
  return readEnvironment(env, (read) => ({
    catalogAddress: read.address("PRODUCT_CATALOG_SERVICE_ADDR"),
  }));
}
