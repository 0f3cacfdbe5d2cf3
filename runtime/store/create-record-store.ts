import { prepareDataDirectory } from "./data-directory.ts";
import type { RecordStore } from "./record-store.ts";
import { createRedisRecordStore } from "./redis-record-store.ts";
import { sqliteFilesOf } from "./sqlite.ts";
import { createSqliteRecordStore } from "./sqlite-record-store.ts";
import type { Durability, StoreConfig } from "./store-config.ts";

/** The records of a function. */
export interface RecordStoreOptions {
  /** The name of the records, which the file or the keys in Redis have. */
  name: "orders" | "transactions" | "shipments";
  /** The number of the records' format, at least 1. A release reads its own format and older ones. */
  format: number;
  /** Returns epoch milliseconds. */
  now: () => number;
}

/**
 * Creates the record store of a function: keys `NAME:*` of Redis if it is configured, otherwise the
 * SQLite file `NAME.sqlite` in the data directory.
 *
 * @throws ConfigError if the data directory cannot be used
 */
export function createRecordStore(
  { redis, dataDirectory: directory, synchronous = "NORMAL" }: StoreConfig & Partial<Durability>,
  { name, format, now }: RecordStoreOptions,
): RecordStore {
  if (redis) return createRedisRecordStore({ ...redis, name, format });
  const file = `${name}.sqlite`;
  prepareDataDirectory(directory, sqliteFilesOf(file));
  return createSqliteRecordStore({ directory, file, format, synchronous, now });
}
