/**
 * The state of an order's mail at a reservation: `reserved` for this caller, `sending` by another
 * caller, or `sent` earlier.
 */
export type Reservation = "reserved" | "sending" | "sent";

/**
 * Milliseconds after which a reservation expires if it is not released, unless MAIL_LEASE is set. An attempt
 * to send a mail may take half of it.
 */
export const defaultLeaseMs = 60_000;

/** Milliseconds for which a sent mail is recorded: longer than brokers retry a delivery. */
export const retentionMs = 30 * 24 * 3_600_000;

/**
 * Records which orders were confirmed, so that an event that is delivered twice causes one mail. The
 * reservation of a process that ends without releasing it expires. All methods reject with a
 * StoreError if the store fails.
 */
export interface IdempotencyStore {
  /** Reserves the mail of an order; the token identifies the reservation. Atomic. */
  reserve(orderId: string, token: string): Promise<Reservation>;
  /** Records that the mail was sent. */
  recordSent(orderId: string): Promise<void>;
  /** Removes the reservation with this token, so that the mail can be reserved again. */
  release(orderId: string, token: string): Promise<void>;
  /** Rejects if the store does not answer. */
  ping(): Promise<void>;
  /** Closes the store; safe to call twice. */
  close(): Promise<void>;
}
