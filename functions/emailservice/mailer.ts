import type { renderConfirmation } from "./confirmation.ts";

/** A confirmation with its recipient. */
export interface Mail extends ReturnType<typeof renderConfirmation> {
  /** One email address. */
  to: string;
  /** The confirmed order. A repeated mail has the same message id, so mail clients recognize it. */
  orderId: string;
}

/** Sends mails. */
export interface Mailer {
  /**
   * Delivers one mail.
   *
   * @throws StatusError UNAVAILABLE if a later attempt may succeed, FAILED_PRECONDITION if the mail
   *   server refuses this mail permanently
   */
  deliver(mail: Mail): Promise<void>;
}

/** Turns any order id into a name that is safe in file paths and message ids. */
export function safeNameOf(orderId: string): string {
  // Not safe: slashes, percent signs and a leading dot.
  return /^\w[\w.-]*$/.test(orderId) ? orderId : `x-${Buffer.from(orderId).toString("hex")}`;
}
