import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EnvironmentReader } from "../environment.ts";

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
