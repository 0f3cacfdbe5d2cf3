import { BackendError } from "#backends/backend-error.ts";
import { ConfigError } from "#runtime/environment.ts";

/**
 * Prints on stderr why a command failed and returns its exit code: 2 and one line for each mistake of
 * the user, 1 and one line if a running shop cannot be read, 1 and the stack for a bug.
 */
export function reportFailure(error: unknown): number {
  const missing = findMissingPackage(error);
  if (missing !== undefined) {
    const fix = "run npm ci without --omit=dev";
    process.stderr.write(`shop: this command needs the package ${missing}: ${fix}\n`);
    return 2;
  }
  const { message, stack = message } = error instanceof Error ? error : new Error(String(error));
  const isMistake =
    error instanceof ConfigError || (error instanceof Error && "userError" in error);
  const isExpected = isMistake || error instanceof BackendError;
  process.stderr.write(`shop: ${isExpected ? message : stack}\n`);
  return isMistake ? 2 : 1;
}

/** The package that an import did not find, such as a tool's after `npm ci --omit=dev`. */
export function findMissingPackage(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  if (error.code !== "ERR_MODULE_NOT_FOUND") return undefined;
  return /^Cannot find package '([^']+)'/.exec(error.message)?.[1];
}
