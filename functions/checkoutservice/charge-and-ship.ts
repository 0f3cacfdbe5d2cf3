import type { Money } from "#protos/hipstershop.ts";
import { log } from "#runtime/log.ts";
import { StatusError, toStatusError } from "#runtime/status.ts";
import type { CheckedOrder } from "./check-order.ts";
import type { Clients } from "./clients.ts";
import type { PreparedOrder } from "./prepare-order.ts";
import { runStep } from "./step-error.ts";

/**
 * Charges the card and ships the items. If the items cannot be shipped, the charge is refunded.
 *
 * @returns the tracking id
 * @throws StatusError INVALID_ARGUMENT with the payment service's message if the card is refused,
 *   UNAVAILABLE `shipping error: ...` if shipping fails
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
    // The message is the reason why the card was refused; the storefront shows it unchanged.
    if (status.code === "INVALID_ARGUMENT") throw status;
    log.error("a charge failed: the log of paymentservice shows whether it was made", {
      grpc_code: status.code,
    });
    return runStep("failed to charge card", () => Promise.reject(status));
  }
}

const refundAttempts = 3;

// Refunds are idempotent. The client retries while the payment service cannot be reached; this loop
// covers longer outages and other failures.
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
      if (attempt < refundAttempts) log.warn("a refund failed and is retried", fields);
      else log.error("a refund failed at every attempt: refund the charge manually", fields);
    }
  }
  return false;
}
