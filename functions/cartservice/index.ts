import "#runtime/signals.ts";
import { CartServiceDefinition } from "#protos/hipstershop.ts";
import { implement } from "#runtime/rpc.ts";
import { start } from "#runtime/start.ts";
import { prepareDataDirectory } from "#runtime/store/data-directory.ts";
import { sqliteFilesOf } from "#runtime/store/sqlite.ts";
import { readConfig } from "./config.ts";
import { createRedisCartStore } from "./redis-cart-store.ts";
import { createCartService } from "./service.ts";
import { cartsFile, createSqliteCartStore } from "./sqlite-cart-store.ts";

start("cartservice", (env) => {
  const { redis, dataDirectory: directory, ttlMs } = readConfig(env);
  if (!redis) prepareDataDirectory(directory, sqliteFilesOf(cartsFile));
  const store = redis
    ? createRedisCartStore({ ...redis, ttlMs })
    : createSqliteCartStore({ directory, ttlMs, now: Date.now });
  return {
    services: [implement(CartServiceDefinition, createCartService(store))],
    checkReady: () => store.ping(),
    close: () => store.close(),
  };
});
