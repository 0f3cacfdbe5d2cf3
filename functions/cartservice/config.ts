import { ConfigError, readEnvironment } from "#runtime/environment.ts";
import { readStoreConfig } from "#runtime/store/store-config.ts";

/**
 * Reads CART_TTL and the location of the store.
 *
 * @throws ConfigError naming each variable that is invalid
 */
export function readConfig(env: NodeJS.ProcessEnv) {
  const config = readEnvironment(env, (read) => ({
    ...readStoreConfig(read),
    /** Milliseconds from a cart's last change until it expires. */
    ttlMs: read.durationMs("CART_TTL", "48h"),
  }));
  if (config.ttlMs < 1000) {
    throw new ConfigError([`CART_TTL is ${JSON.stringify(env.CART_TTL)}: expected at least 1s`]);
  }
  return config;
}
