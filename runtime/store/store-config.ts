import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError, type EnvironmentReader } from "../environment.ts";
import type { Synchronous } from "./open-sqlite.ts";

/** The location of a function's state. */
export interface StoreConfig {
  /** Redis if REDIS_ADDR is set; otherwise the function uses SQLite files in `dataDirectory`. */
  redis: RedisAddress | undefined;
  /** The folder for SQLite files and all other files of the function; created at its first use. */
  dataDirectory: string;
}

/** The address and the credentials of a Redis server. */
export interface RedisAddress {
  /** `host:port`. */
  address: string;
  /** The ACL user; the user `default` if undefined. */
  username: string | undefined;
  /** The password; none is sent if undefined. */
  password: string | undefined;
}

/** Reads REDIS_ADDR, REDIS_USERNAME, REDIS_PASSWORD and DATA_DIR. */
export function readStoreConfig(read: EnvironmentReader): StoreConfig {
  const address = read.optionalAddress("REDIS_ADDR");
  const username = read.optionalString("REDIS_USERNAME");
  const password = read.optionalString("REDIS_PASSWORD");
  return {
    redis: address === undefined ? undefined : { address, username, password },
    dataDirectory: read.string("DATA_DIR", join(tmpdir(), "hipster-shop")),
  };
}

/** What a write survives. */
export interface Durability {
  /** When a commit to an SQLite file survives a power cut: `FULL` at once, `NORMAL` some seconds later. */
  synchronous: Synchronous;
}

/** The location of a function's records, and how long it keeps them. */
export interface RecordStoreConfig extends StoreConfig, Durability {
  /** Milliseconds for which a record is kept. */
  retentionMs: number;
}

/**
 * Reads the location of a record store, ALLOW_EPHEMERAL_STORE, SQLITE_SYNCHRONOUS and the time for which
 * records are kept.
 *
 * @param retentionVariable the variable of that time, 90 days by default
 * @throws ConfigError if the records would be lost with the pod and that is not allowed
 */
export function readRecordStoreConfig(
  read: EnvironmentReader,
  retentionVariable: "ORDER_RETENTION" | "TRANSACTION_RETENTION" | "SHIPMENT_RETENTION",
): RecordStoreConfig {
  const config = readStoreConfig(read);
  requireDurableStore(read, config);
  return {
    ...config,
    synchronous: read.oneOf("SQLITE_SYNCHRONOUS", ["NORMAL", "FULL"], "NORMAL"),
    // While a record exists, a repeated call is harmless.
    retentionMs: read.durationMs(retentionVariable, "2160h", "1m"),
  };
}

/**
 * Reads ALLOW_EPHEMERAL_STORE. On Kubernetes, a container's files are lost with its pod.
 *
 * @throws ConfigError if the store consists of such files and that is not allowed
 */
export function requireDurableStore(read: EnvironmentReader, { redis }: StoreConfig): void {
  const isAllowed = read.oneOf("ALLOW_EPHEMERAL_STORE", ["true", "false"], "false") === "true";
  const isInPod = read.optionalString("KUBERNETES_SERVICE_HOST") !== undefined;
  if (redis || isAllowed || !isInPod) return;
  throw new ConfigError([
    "REDIS_ADDR is not set, so orders and payments would be lost with this pod: " +
      "set REDIS_ADDR, or ALLOW_EPHEMERAL_STORE=true if that does not matter",
  ]);
}
