import type { Money } from "#protos/hipstershop.ts";
import { log } from "#runtime/log.ts";
import { StatusError, toStatusError } from "#runtime/status.ts";
import type { CheckedOrder } from "./check-order.ts";
import type { Clients } from "./clients.ts";
import type { PreparedOrder } from "./prepare-order.ts";
import { runStep } from "./step-error.ts";

/**
 * Charges the card and ships the items; a charge whose items cannot be shipped is given back.
 *
 * @returns the tracking id
 * @throws StatusError INVALID_ARGUMENT with payment's own sentence where the card is refused,
 *   UNAVAILABLE `shipping error: ...` where shipping fails
 */
export async function chargeAndShip(
  clients: Clients,
  order: CheckedOrder,
  { cartItems, total }: PreparedOrder,
): Promise<string> {
  const transactionId = await charge(clients, order, total);
  try {
    const { address } = order;
    const { trackingId } = await clients.shipping.shipOrder({ address, items: cartItems });
    return trackingId;
  } catch (cause) {
    const isRefunded = await refund(clients, transactionId, total);
    const outcome = isRefunded
      ? "the card was refunded"
      : `the refund of transaction ${transactionId} is outstanding`;
    const message = `shipping error: ${toStatusError(cause).message}; ${outcome}`;
    throw new StatusError("UNAVAILABLE", message, { cause });
  }
}

async function charge(
  clients: Clients,
  { creditCard }: CheckedOrder,
  amount: Money,
): Promise<string> {
  try {
    const { transactionId } = await clients.payment.charge({ amount, creditCard });
    return transactionId;
  } catch (error) {
    const status = toStatusError(error);
    // The sentence says what is wrong with the card, for the page to show it as it is.
    if (status.code === "INVALID_ARGUMENT") throw status;
    log.error("a charge failed: payment's log tells whether it was made", {
      grpc_code: status.code,
    });
    return runStep("failed to charge card", () => Promise.reject(status));
  }
}

const refundAttempts = 3;

// Safe to repeat: payment answers a repeated refund with the same one. The client repeats it by
// itself where payment cannot be reached; the loop is for all that takes longer or fails otherwise.
async function refund(clients: Clients, transactionId: string, amount: Money): Promise<boolean> {
  for (let attempt = 1; attempt <= refundAttempts; attempt += 1) {
    try {
      await clients.payment.refund({ transactionId, amount });
      log.warn("refunded a charge whose order could not be shipped", {
        transaction_id: transactionId,
      });
      return true;
    } catch (error) {
      const fields = { transaction_id: transactionId, attempt, error };
      if (attempt < refundAttempts) log.warn("a refund failed and is tried again", fields);
      else log.error("a refund failed for good: it must be made by hand", fields);
    }
  }
  return false;
}
