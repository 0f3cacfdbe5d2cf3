import type { RecordStore } from "#runtime/store/record-store.ts";
import type { OrderClients } from "../clients.ts";
import type { ConfirmOrder } from "../confirm-order.ts";

/** Everything that has an effect, and every source of time and ids; a model replaces all of it. */
export interface OrderPort {
  /** The journal's records. */
  readonly store: RecordStore;
  /** The clients of the functions that an order needs. */
  readonly clients: OrderClients;
  /** Confirms an order to the customer, by event or by call. */
  readonly publish: ConfirmOrder;
  /** Returns epoch milliseconds. */
  readonly now: () => number;
  /** Creates a UUID that cannot be guessed. */
  readonly newId: () => string;
  /** How long a lease lasts after each write, in milliseconds; a call of a step may take half of it. */
  readonly leaseMs: number;
  /** How long a record is kept after its last change, in milliseconds. */
  readonly retentionMs: number;
  /** Resolves after a time in milliseconds, or as soon as the signal aborts. */
  readonly pause: (durationMs: number, signal?: AbortSignal) => Promise<void>;
}
