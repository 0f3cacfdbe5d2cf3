import { prepareDataDirectory } from "#runtime/store/data-directory.ts";
import { sqliteFilesOf } from "#runtime/store/sqlite.ts";
import type { CartStore } from "./cart-store.ts";
import type { CartConfig } from "./config.ts";
import { createRedisCartStore } from "./redis-cart-store.ts";
import { cartsFile, createSqliteCartStore } from "./sqlite-cart-store.ts";

/**
 * Opens the store of the configuration: Redis if it has an address, otherwise SQLite.
 *
 * @throws ConfigError if the folder of the SQLite file is not writable
 */
export function openCartStore({ redis, dataDirectory, ttlMs }: CartConfig): CartStore {
  if (redis) return createRedisCartStore({ ...redis, ttlMs });
  prepareDataDirectory(dataDirectory, sqliteFilesOf(cartsFile));
  return createSqliteCartStore({ directory: dataDirectory, ttlMs, now: Date.now });
}
