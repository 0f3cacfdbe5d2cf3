/**
 * A running shop or a backend of its telemetry cannot be read. The message is one sentence for the user,
 * printed without a stack trace.
 */
export class BackendError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "BackendError";
  }
}

/** The error for a backend that did not respond as expected. */
export function cannotRead(backend: string, cause: unknown): BackendError {
  return new BackendError(`${backend} cannot be read: ${reasonOf(cause)}`, { cause });
}

/** The message of an error; for a failed `fetch` the message of its cause. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
