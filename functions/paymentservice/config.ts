import { readEnvironment } from "#runtime/environment.ts";
import { readRecordStoreConfig } from "#runtime/store/store-config.ts";

/**
 * Reads the location of the ledger and TRANSACTION_RETENTION.
 *
 * @throws ConfigError naming each variable that is invalid
 */
export function readConfig(env: NodeJS.ProcessEnv) {
  return readEnvironment(env, (read) => readRecordStoreConfig(read, "TRANSACTION_RETENTION"));
}
