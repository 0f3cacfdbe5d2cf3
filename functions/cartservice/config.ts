import { ConfigError, readEnvironment } from "#runtime/environment.ts";
import { readStoreConfig, type StoreConfig } from "#runtime/store/store-config.ts";

/** What the cart service reads from its environment. */
export interface CartConfig extends StoreConfig {
  /** Milliseconds from a cart's last change until it is gone (CART_TTL, 48 hours by default). */
  ttlMs: number;
}

/**
 * Reads CART_TTL and where carts are kept.
 *
 * @throws ConfigError naming each variable that is wrong
 */
export function readConfig(env: NodeJS.ProcessEnv): Readonly<CartConfig> {
  const config = readEnvironment(env, (read) => ({
    ...readStoreConfig(read),
    ttlMs: read.durationMs("CART_TTL", "48h"),
  }));
  if (config.ttlMs < 1000) {
    throw new ConfigError([`CART_TTL is ${JSON.stringify(env.CART_TTL)}: expected at least 1s`]);
  }
  return config;
}
