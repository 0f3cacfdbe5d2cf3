import { type StatusCode, StatusError, toStatusError } from "#runtime/status.ts";

// What the caller can act on keeps its code; for everything else the fault is on our side.
// (Online Boutique makes all of it INTERNAL.)
const keptCodes: ReadonlySet<StatusCode> = new Set<StatusCode>([
  "CANCELLED",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "OUT_OF_RANGE",
  "UNAVAILABLE",
]);

/**
 * Runs one step of an order; where it fails, the sentence says which step that was.
 *
 * @param failure how the sentence begins, such as `cart failure`
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
