import { ConfigError } from "#runtime/environment.ts";

/**
 * Prints why a command failed on stderr and answers its exit code: 2 and one line for each thing
 * that the user can mend, 1 and the stack for a failure of ours.
 */
export function reportFailure(error: unknown): number {
  const isUsers = error instanceof ConfigError || (error instanceof Error && "userError" in error);
  if (isUsers) {
    process.stderr.write(`shop: ${error.message}\n`);
    return 2;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`shop: ${text}\n`);
  return 1;
}
