import type { CartStore } from "./cart-store.ts";
import type { CartConfig } from "./config.ts";
import { createRedisCartStore } from "./redis-cart-store.ts";
import { createSqliteCartStore } from "./sqlite-cart-store.ts";

/** The store that the configuration names: Redis where it has an address, else SQLite. */
export function openCartStore({ redis, dataDirectory, ttlMs }: CartConfig): CartStore {
  if (redis) return createRedisCartStore({ ...redis, ttlMs });
  return createSqliteCartStore({ directory: dataDirectory, ttlMs, now: Date.now });
}
