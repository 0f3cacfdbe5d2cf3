import { type StatusCode, StatusError, toStatusError } from "#runtime/status.ts";

// Codes that a caller can act on are kept; all others become INTERNAL. (Online Boutique returns INTERNAL
// for all of them.)
const keptCodes: ReadonlySet<StatusCode> = new Set<StatusCode>([
  "CANCELLED",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "OUT_OF_RANGE",
  "UNAVAILABLE",
]);

/**
 * Runs one step of an order and adds the name of the step to its error.
 *
 * @param failure the start of the message, such as `cart failure`
 * @throws StatusError
 */
export async function runStep<T>(failure: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    const { code, message } = toStatusError(error);
    const keptCode = keptCodes.has(code) ? code : "INTERNAL";
    throw new StatusError(keptCode, `${failure}: ${message}`, { cause: error });
  }
}
