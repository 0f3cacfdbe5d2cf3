import { type StatusCode, StatusError } from "../status.ts";

/** An operation on a store failed; the message names the store and contains no stored value. */
export class StoreError extends Error {
  /**
   * Whether the store could not be reached or cannot serve now, such as with a full disk or memory or a wrong
   * password, so that the same request may succeed later; false if the request or the stored data is the
   * cause, as with a damaged record.
   */
  readonly unreachable: boolean;

  constructor(message: string, options: { unreachable: boolean; cause: unknown }) {
    super(message, { cause: options.cause });
    this.name = "StoreError";
    this.unreachable = options.unreachable;
  }
}

/**
 * Runs work on a store and converts its StoreError to the status that callers get: UNAVAILABLE if the
 * store cannot be reached or cannot serve now, so that reads are retried, otherwise FAILED_PRECONDITION. (Online Boutique
 * answers FAILED_PRECONDITION in both cases, which no client retries.)
 *
 * @param sentence the start of the message, such as `Can't access cart storage.`
 * @param refusalCode the status if the store refuses the operation, such as for a damaged record
 */
export async function explainStoreErrors<T>(
  sentence: string,
  work: () => Promise<T>,
  refusalCode: StatusCode = "FAILED_PRECONDITION",
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const code = error.unreachable ? "UNAVAILABLE" : refusalCode;
    throw new StatusError(code, `${sentence} ${error.message}`, { cause: error });
  }
}
