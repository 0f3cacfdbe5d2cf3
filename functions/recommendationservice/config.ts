import { readEnvironment } from "#runtime/environment.ts";

/** Reads the address of the catalog, `host:port`; throws ConfigError if a variable is missing or invalid. */
export function readConfig(env: NodeJS.ProcessEnv) {
  return readEnvironment(env, (read) => ({
    catalogAddress: read.address("PRODUCT_CATALOG_SERVICE_ADDR"),
  }));
}
