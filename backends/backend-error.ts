/**
 * A running shop, or what stores its telemetry, cannot be read. The message is one sentence for the
 * user; a program prints it without a stack.
 */
export class BackendError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "BackendError";
  }
}

/** The error for a backend that did not respond, or not with what was requested. */
export function cannotRead(backend: string, cause: unknown): BackendError {
  return new BackendError(`${backend} cannot be read: ${reasonOf(cause)}`, { cause });
}

/** Why a request failed, in a few words; for a failed `fetch` the system's reason. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
