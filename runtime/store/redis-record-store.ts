import { ConfigError } from "../environment.ts";
import type { RecordStore } from "./record-store.ts";
import { Redis } from "./redis.ts";
import { recordScripts } from "./redis-record-scripts.ts";
import type { RedisAddress } from "./store-config.ts";
import { StoreError } from "./store-error.ts";

/** The options of a record store in Redis. */
export interface RedisRecordStoreOptions extends RedisAddress {
  /** The start of the store's keys, such as `orders`. */
  name: string;
  /** The number of the records' format, at least 1. */
  format: number;
}

/** Stores records in Redis, under keys that start with the store's name; several instances can share it. */
export function createRedisRecordStore(options: RedisRecordStoreOptions): RecordStore {
  const { name, format, ...address } = options;
  const redis = new Redis({ ...address, scripts: recordScripts });
  const run = (script: keyof typeof recordScripts, ...values: (string | number)[]) =>
    redis.script(script, name, ...values);
  return {
    get: async (key) => {
      const recordKey = `${name}:record:${key}`;
      const text = await redis.command("HGET", (client) => client.hget(recordKey, "value"));
      return text ?? undefined;
    },
    replace: async (key, expected, { value, expiresAtMs, tags, sortMs }) => {
      const entry = JSON.stringify([key, ...new Set(tags)]);
      const times = [Math.ceil(expiresAtMs), Math.floor(sortMs)];
      const condition = expected === undefined ? [] : [expected];
      const values = [format, key, value, entry, ...times, ...condition];
      return (await run("replaceRecord", ...values)) === 1;
    },
    remove: async (key, expected) => (await run("removeRecord", format, key, expected)) === 1,
    list: async (tag, { limit, order }) => {
      const command = order === "newest" ? "ZREVRANGE" : "ZRANGE";
      return (await run("listRecords", tag, limit, command)) as string[];
    },
    count: async (tag) => Number(await run("countRecords", tag)),
    verify: async () => {
      const key = `${name}:format`;
      const stored = await readFormat(redis, key);
      if (Number(stored) <= format) return;
      throw new ConfigError([
        `Redis at ${address.address}: key ${key} is ${JSON.stringify(stored)}, and this release reads ` +
          `up to ${format}: run the release that wrote the keys ${name}:*, or use another Redis`,
      ]);
    },
    ping: () => redis.ping(),
    close: () => redis.close(),
  };
}

// "0" if nothing was stored yet, or if Redis cannot be asked.
async function readFormat(redis: Redis, key: string): Promise<string> {
  try {
    return (await redis.command("GET", (client) => client.get(key))) ?? "0";
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return error.message.includes("WRONGTYPE") ? "not a number" : "0";
  }
}
