import type { SendOrderConfirmationRequest } from "#protos/hipstershop.ts";
import { log } from "#runtime/log.ts";
import { counter } from "#runtime/metrics.ts";
import { StatusError } from "#runtime/status.ts";
import { StoreError } from "#runtime/store/store-error.ts";
import { renderConfirmation } from "./confirmation.ts";
import { checkConfirmationRequest } from "./confirmed-order.ts";
import type { IdempotencyStore } from "./idempotency-store.ts";
import type { Mailer } from "./mailer.ts";

/**
 * Confirms an order by one mail, even if it is called several times for the order. Resolves if the mail
 * was sent, now or earlier.
 *
 * @throws StatusError INVALID_ARGUMENT if the request is invalid, FAILED_PRECONDITION if the mail server
 *   refuses the mail, UNAVAILABLE if the same request may succeed later
 */
export type ConfirmOrder = (request: SendOrderConfirmationRequest) => Promise<void>;

const confirmations = counter({
  name: "shop_confirmations_total",
  help: "Requests for order confirmations by outcome: sent, repeated (sent earlier), or failed.",
  labels: ["outcome"],
});

/**
 * Creates the function that handles both gRPC requests and events.
 *
 * @param newToken creates a unique text that identifies a reservation
 */
export function createConfirmOrder(
  store: IdempotencyStore,
  mailer: Mailer,
  newToken: () => string,
): ConfirmOrder {
  return async (request) => {
    const { email, order } = checkConfirmationRequest(request);
    const { orderId } = order;
    const token = newToken();
    const state = await reserve(store, orderId, token);
    if (state === "sent") return confirmations.inc({ outcome: "repeated" });
    if (state === "sending") {
      throw new StatusError("UNAVAILABLE", `the mail for order ${orderId} is already being sent`);
    }
    try {
      await mailer.deliver({ ...renderConfirmation(order), to: email, orderId });
    } catch (error) {
      confirmations.inc({ outcome: "failed" });
      await store.release(orderId, token).catch((failure: unknown) => {
        log.error("cannot release the reservation of a mail", { error: failure });
      });
      throw error;
    }
    confirmations.inc({ outcome: "sent" });
    // The mail was sent, so the request succeeds even if this fails.
    await store.recordSent(orderId).catch((error: unknown) => {
      log.error("cannot record that a mail was sent", { error });
    });
  };
}

// UNAVAILABLE even if the store refuses the command, as with a key of another type: an operator can fix
// that, and a final status would make the broker drop the event.
async function reserve(store: IdempotencyStore, orderId: string, token: string) {
  try {
    return await store.reserve(orderId, token);
  } catch (cause) {
    if (!(cause instanceof StoreError)) throw cause;
    const message = `Can't access the list of sent mails. ${cause.message}`;
    throw new StatusError("UNAVAILABLE", message, { cause });
  }
}
