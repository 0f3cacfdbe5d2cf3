import { StatusError } from "../status.ts";

/** A store did not do what it was asked; the message names the store and holds no stored value. */
export class StoreError extends Error {
  /**
   * Whether the store could not be reached, was busy or could not use its disk, so that the same
   * request may work later; false if the store itself refused, as with a damaged record.
   */
  readonly unreachable: boolean;

  constructor(message: string, options: { unreachable: boolean; cause: unknown }) {
    super(message, { cause: options.cause });
    this.name = "StoreError";
    this.unreachable = options.unreachable;
  }
}

/**
 * Runs work on a store and turns its StoreError into the status that callers see: UNAVAILABLE where
 * the store cannot be reached, so that reads are repeated, else FAILED_PRECONDITION. (Online
 * Boutique answers FAILED_PRECONDITION for both, which no client repeats.)
 *
 * @param sentence what the caller learns first, such as `Can't access cart storage.`
 */
export async function explainStoreErrors<T>(sentence: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const code = error.unreachable ? "UNAVAILABLE" : "FAILED_PRECONDITION";
    throw new StatusError(code, `${sentence} ${error.message}`, { cause: error });
  }
}
