import { BackendError } from "#backends/backend-error.ts";
import { ConfigError } from "#runtime/environment.ts";

/**
 * Prints on stderr why a command failed and returns its exit code: 2 and one line for each mistake of
 * the user, 1 and one line if a running shop cannot be read, 1 and the stack for a bug.
 */
export function reportFailure(error: unknown): number {
  const { message, stack = message } = error instanceof Error ? error : new Error(String(error));
  const isMistake =
    error instanceof ConfigError || (error instanceof Error && "userError" in error);
  const isExpected = isMistake || error instanceof BackendError;
  process.stderr.write(`shop: ${isExpected ? message : stack}\n`);
  return isMistake ? 2 : 1;
}
