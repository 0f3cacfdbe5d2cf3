import { type StatusCode, StatusError, toStatusError } from "#runtime/status.ts";

// Codes that a caller can act on are kept; all others become INTERNAL. (Online Boutique returns INTERNAL
// for all of them.)
const keptCodes: ReadonlySet<StatusCode> = new Set<StatusCode>([
  "CANCELLED",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "OUT_OF_RANGE",
  "RESOURCE_EXHAUSTED",
  "UNAVAILABLE",
]);

/** Converts the error of a step of an order, whose name starts the message, such as `cart failure`. */
export function stepFailure(failure: string, error: unknown): StatusError {
  const { code, message } = toStatusError(error);
  const keptCode = keptCodes.has(code) ? code : "INTERNAL";
  return new StatusError(keptCode, `${failure}: ${message}`, { cause: error });
}

/**
 * Runs one step of an order and adds the name of the step to its error.
 *
 * @throws StatusError as `stepFailure` describes it
 */
export async function runStep<T>(failure: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw stepFailure(failure, error);
  }
}
