import type { Money } from "#protos/hipstershop.ts";
import { validateMoney } from "#runtime/money.ts";
import { StatusError, toStatusError } from "#runtime/status.ts";

/**
 * Validates an amount of a dependency, whose defect it is if the amount is invalid, not the request's.
 *
 * @param name what the amount is, for the error
 * @throws StatusError INTERNAL
 */
export function trustMoney(amount: Money | undefined, name: string): Money {
  try {
    return validateMoney(amount, name);
  } catch (cause) {
    throw new StatusError("INTERNAL", toStatusError(cause).message, { cause });
  }
}
