import type { Confirmation } from "./confirmation.ts";

/** A confirmation on its way to somebody. */
export interface Mail extends Confirmation {
  /** One address. */
  to: string;
  /** The order it confirms: a repeated mail has the same message id, so it can be recognised. */
  orderId: string;
}

/** Brings mails on their way. */
export interface Mailer {
  /**
   * Delivers one mail.
   *
   * @throws StatusError UNAVAILABLE where a later attempt may succeed, FAILED_PRECONDITION where
   *   the mail server refuses this mail for good
   */
  deliver(mail: Mail): Promise<void>;
}

/** The order id as a name for files and message ids, whatever characters it has. */
export function safeNameOf(orderId: string): string {
  // Percent signs, slashes and a leading dot are what could lead elsewhere.
  return /^\w[\w.-]*$/.test(orderId) ? orderId : `x-${Buffer.from(orderId).toString("hex")}`;
}
