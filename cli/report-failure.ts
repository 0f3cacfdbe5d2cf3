import { BackendError } from "#backends/backend-error.ts";
import { ConfigError } from "#runtime/environment.ts";

/**
 * Prints on stderr why a command failed and returns its exit code: 2 and one line for each mistake of
 * the user, 1 and one line if a running shop cannot be read, 1 and the stack for a bug.
 */
export function reportFailure(error: unknown): number {
  const isUsers = error instanceof ConfigError || (error instanceof Error && "userError" in error);
  if (isUsers) {
    process.stderr.write(`shop: ${error.message}\n`);
    return 2;
  }
  const text =
    error instanceof BackendError
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error);
  process.stderr.write(`shop: ${text}\n`);
  return 1;
}
