import { readEnvironment } from "#runtime/environment.ts";

/** The configuration of the recommendation service. */
export interface RecommendationConfig {
  /** `host:port` of productcatalogservice (PRODUCT_CATALOG_SERVICE_ADDR); required. */
  readonly catalogAddress: string;
}

/** Reads the environment; throws ConfigError if a variable is missing or invalid. */
export function readConfig(env: NodeJS.ProcessEnv): RecommendationConfig {
  return readEnvironment(env, (read) => ({
    catalogAddress: read.address("PRODUCT_CATALOG_SERVICE_ADDR"),
  }));
}
