import type { SendOrderConfirmationRequest } from "#protos/hipstershop.ts";
import { log } from "#runtime/log.ts";
import { counter } from "#runtime/metrics.ts";
import { StatusError } from "#runtime/status.ts";
import { StoreError } from "#runtime/store/store-error.ts";
import { renderConfirmation } from "./confirmation.ts";
import { checkConfirmationRequest } from "./confirmed-order.ts";
import type { Mailer } from "./mailer.ts";
import type { OnceStore } from "./once-store.ts";

/** What the sending of confirmations stands on. */
export interface ConfirmDependencies {
  store: OnceStore;
  mailer: Mailer;
  /** Makes a text that no other claim has. */
  newToken: () => string;
}

/** Confirms an order by mail, once. */
export type Confirm = (request: SendOrderConfirmationRequest) => Promise<void>;

const confirmations = counter({
  name: "shop_confirmations_total",
  help: "Order confirmations asked for: sent, repeated (sent before), or failed.",
  labels: ["outcome"],
});

/**
 * Makes the function that both entrances, gRPC and events, end in. It resolves once the mail was
 * delivered, now or before, and rejects with a StatusError: INVALID_ARGUMENT for a request that can
 * never be confirmed, FAILED_PRECONDITION where the mail server refuses the mail, UNAVAILABLE where
 * the same request should be made again.
 */
export function createConfirm({ store, mailer, newToken }: ConfirmDependencies): Confirm {
  return async (request) => {
    const { email, order } = checkConfirmationRequest(request);
    const { orderId } = order;
    const token = newToken();
    const claim = await access(() => store.claim(orderId, token));
    if (claim === "sent") return confirmations.inc({ outcome: "repeated" });
    if (claim === "sending") {
      throw new StatusError("UNAVAILABLE", `the mail for order ${orderId} is just being sent`);
    }
    try {
      await mailer.deliver({ ...renderConfirmation(order), to: email, orderId });
    } catch (error) {
      confirmations.inc({ outcome: "failed" });
      await note("cannot release the claim on a mail", () => store.release(orderId, token));
      throw error;
    }
    confirmations.inc({ outcome: "sent" });
    // The mail is out, so the request has succeeded, whatever becomes of the note.
    await note("cannot remember that a mail was sent", () => store.markSent(orderId));
  };
}

// Even where the store refuses, such as for a wrong password: that is ours to mend, and until then
// the mail must not be given up as one that can never be sent.
async function access<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof StoreError)) throw cause;
    const message = `Can't access the list of sent mails. ${cause.message}`;
    throw new StatusError("UNAVAILABLE", message, { cause });
  }
}

async function note(failure: string, work: () => Promise<void>): Promise<void> {
  await work().catch((error: unknown) => log.error(failure, { error }));
}
