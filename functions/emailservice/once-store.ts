/**
 * What a claim found: nothing, and now it is `claimed` by the caller; somebody who is `sending` it;
 * or that it was `sent` already.
 */
export type Claim = "claimed" | "sending" | "sent";

/** How long a claim keeps others away, unless it is released: longer than any sending takes. */
export const leaseMs = 60_000;

/** How long it is remembered that a mail was sent: longer than any broker delivers again. */
export const rememberMs = 30 * 24 * 3_600_000;

/**
 * Remembers which mails were sent, so that an event that is delivered twice makes one mail. A
 * process that dies while it sends loses its claim after the lease. All methods reject with a
 * StoreError where the store fails.
 */
export interface OnceStore {
  /** Claims the mail of an order; the token says whose claim it is. */
  claim(orderId: string, token: string): Promise<Claim>;
  /** Remembers that the mail was sent. */
  markSent(orderId: string): Promise<void>;
  /** Gives a claim back, so that the mail can be tried again; only that of the same token. */
  release(orderId: string, token: string): Promise<void>;
  /** Rejects while the store does not answer. */
  ping(): Promise<void>;
  /** Gives the store back; safe to call twice. */
  close(): Promise<void>;
}
