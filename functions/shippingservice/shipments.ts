import { StatusError } from "#runtime/status.ts";
import { type Changed, createJsonRecords } from "#runtime/store/json-records.ts";
import type { RecordStore } from "#runtime/store/record-store.ts";

/** The number of the format of shipments. */
export const shipmentsFormat = 1;

/** A shipment, without its address. */
export interface Shipment {
  /** The format of this record. */
  readonly format: typeof shipmentsFormat;
  /** What was done last. A shipment may be cancelled before its items were shipped, which forbids that. */
  readonly state: "shipped" | "cancelled";
  /** The tracking id; empty if the items were never shipped. */
  readonly trackingId: string;
  /** When the state began, in epoch milliseconds. */
  readonly changedAtMs: number;
}

/** Records what was done with each shipment id, so that it is done once. */
export interface Shipments {
  /**
   * Ships, unless that was done before.
   *
   * @throws StatusError ABORTED if the shipment was cancelled
   */
  ship(id: string, createTrackingId: () => string): Promise<Changed<Shipment>>;
  /** Cancels a shipment, also one that is not known yet. */
  cancel(id: string): Promise<Changed<Shipment>>;
}

/**
 * Creates the record of shipments.
 *
 * @param options.retentionMs milliseconds for which a shipment is kept after its last change
 * @param options.now returns epoch milliseconds
 */
export function createShipments(options: {
  store: RecordStore;
  retentionMs: number;
  now: () => number;
}): Shipments {
  const shipments = createJsonRecords({ ...options, noun: "shipment", isRecord });
  const stateOf = (state: Shipment["state"], trackingId: string): Shipment => ({
    format: shipmentsFormat,
    state,
    trackingId,
    changedAtMs: options.now(),
  });
  return {
    ship: (id, createTrackingId) =>
      shipments.change(id, (current) => {
        if (!current) return stateOf("shipped", createTrackingId());
        if (current.state === "shipped") return current;
        throw new StatusError("ABORTED", `shipment ${id} was cancelled: ship with a new id`);
      }),
    cancel: (id) =>
      shipments.change(id, (current) => {
        if (!current) return stateOf("cancelled", "");
        if (current.state === "cancelled") return current;
        return { ...current, state: "cancelled", changedAtMs: options.now() };
      }),
  };
}

function isRecord(value: unknown): value is Shipment {
  if (typeof value !== "object" || value === null) return false;
  const { state, trackingId } = value as Partial<Shipment>;
  return (state === "shipped" || state === "cancelled") && typeof trackingId === "string";
}
