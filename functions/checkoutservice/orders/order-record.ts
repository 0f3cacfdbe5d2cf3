import { hash } from "node:crypto";
import { type Order, OrderResult, OrderState } from "#protos/hipstershop.ts";
import type { StatusCode } from "#runtime/status.ts";
import type { RecordWrite } from "#runtime/store/record-store.ts";
import { StoreError } from "#runtime/store/store-error.ts";

/** The states of an order, as `OrderState` of the proto describes them. */
export type StateName =
  | ("received" | "charging" | "charged" | "shipping" | "shipped" | "placed" | "confirmed")
  | ("cancelling" | "refunded" | "failed");

/** The format of the records, and of the store that contains them. */
export const recordFormat = 1;

/** The record of an order in the journal. Rewriting it keeps the fields of a newer release. */
export interface OrderRecord {
  /** `recordFormat`. */
  readonly format: number;
  /** The order id, which is the record's key. */
  readonly orderId: string;
  /** The user who ordered. */
  readonly userId: string;
  /** The last state; a newer release may have more of them. */
  readonly state: StateName;
  /** Each state with the time when it was recorded, in epoch milliseconds. */
  readonly history: readonly (readonly [state: StateName, atMs: number])[];
  /** The address of the confirmation; empty once personal data was removed. */
  readonly email: string;
  /** An `OrderResult` in proto3 JSON; its tracking id is empty until the items are shipped. */
  readonly result: unknown;
  /** The id of the charge, which checkout creates. */
  readonly transactionId: string;
  /** The id of the shipment, which checkout creates. */
  readonly shipmentId: string;
  /** The process that works on the order, until the lease ends; absent if none does. */
  readonly lease?: Lease | undefined;
  /** Whether the ordered items left the cart. */
  readonly isCartUpdated: boolean;
  /** Whether the confirmation was accepted for delivery. */
  readonly isEventAccepted: boolean;
  /** Why the confirmation could not be delivered. */
  readonly confirmationFailure?: string | undefined;
  /** Why the order is undone. */
  readonly failure?: OrderFailure | undefined;
  /** When the order was received, in epoch milliseconds. */
  readonly createdAtMs: number;
  /** When the record expires, in epoch milliseconds. */
  readonly expiresAtMs: number;
}

/** The right to work on an order. */
export interface Lease {
  /** A random id of the work, not of the process. */
  readonly owner: string;
  /** When others may take over the order, in epoch milliseconds. */
  readonly untilMs: number;
}

/** The error that ended an order. */
export interface OrderFailure {
  /** The code that the caller of PlaceOrder gets. */
  readonly code: StatusCode;
  /** The step that failed, and why. */
  readonly message: string;
}

/** The lists of the journal. */
export const orderTags = {
  /** All orders. */
  all: "all",
  /** Orders of which a step is left to do. */
  open: "open",
  /** Orders of which a step is left to do, by their last state. */
  openIn: (state: StateName) => `open:${state}`,
  /** Orders whose confirmation could not be delivered. */
  unconfirmed: "unconfirmed",
  /** Those, and orders that were undone: operators may want to know why. */
  attention: "attention",
  /** Orders of a user. */
  ofUser: (userId: string) => `user:${userId}`,
  /** Orders that are confirmed to an address, ignoring case. */
  ofEmail: (email: string) => `email:${hashOf(email.toLowerCase())}`,
};

function hashOf(text: string): string {
  return hash("sha256", text, "hex");
}

/** Whether a step of the order is left to do. */
export function isOpen({ state, ...record }: OrderRecord): boolean {
  if (state === "confirmed" || state === "refunded" || state === "failed") return false;
  if (state !== "placed" || !record.isCartUpdated) return true;
  return !record.isEventAccepted && record.confirmationFailure === undefined;
}

/** Whether the order is complete for the customer. */
export function isPlaced({ state }: OrderRecord): boolean {
  return state === "placed" || state === "confirmed";
}

/** Whether an operator may want to help the customer, which needs an address. */
export function needsAttention({ email, confirmationFailure, failure }: OrderRecord): boolean {
  return email !== "" && (confirmationFailure !== undefined || failure !== undefined);
}

/**
 * Parses the text of a record.
 *
 * @throws StoreError if this release cannot read it
 */
export function parseRecord(text: string): OrderRecord {
  let record: OrderRecord | undefined;
  try {
    record = JSON.parse(text);
  } catch {
    // The error below describes it: the parser's message would contain a part of the record.
  }
  if (record?.format === recordFormat) return record;
  const found = record ? `has format ${record.format}` : "is damaged";
  const remedy = "run a release that reads it, or restore the store of the orders";
  const message = `a record of the orders ${found}, expected format ${recordFormat}: ${remedy}`;
  // Not a StatusError, which would look like a refusal, although the order may have been placed.
  throw new StoreError(message, { unreachable: false, cause: undefined });
}

/** Parses the texts of records, without those that this release cannot read, which a sweep logs. */
export function parseReadable(texts: readonly string[]): OrderRecord[] {
  return texts.flatMap((text) => {
    try {
      return parseRecord(text);
    } catch (error) {
      if (error instanceof StoreError) return [];
      throw error;
    }
  });
}

/** The text, the lists and the expiry of a record. */
export function describeRecord(record: OrderRecord): RecordWrite {
  const { userId, email, state, confirmationFailure, createdAtMs, expiresAtMs } = record;
  const tags = [orderTags.all, orderTags.ofUser(userId)];
  if (isOpen(record)) tags.push(orderTags.open, orderTags.openIn(state));
  if (needsAttention(record)) tags.push(orderTags.attention);
  if (needsAttention(record) && confirmationFailure !== undefined) tags.push(orderTags.unconfirmed);
  if (email !== "") tags.push(orderTags.ofEmail(email));
  return { value: JSON.stringify(record), expiresAtMs, tags, sortMs: createdAtMs };
}

/** The record after further states. */
export function withStates(
  record: OrderRecord,
  states: readonly StateName[],
  nowMs: number,
): OrderRecord {
  const added = states.map((state) => [state, nowMs] as const);
  return {
    ...record,
    state: states.at(-1) ?? record.state,
    history: [...record.history, ...added],
  };
}

/** The content of the order. */
export function resultOf({ result }: OrderRecord): OrderResult {
  return OrderResult.fromJSON(result);
}

/** The state on the wire; a state of a newer release is unspecified. */
export function wireStateOf({ state }: OrderRecord): OrderState {
  const name = `ORDER_STATE_${state.toUpperCase()}` as keyof typeof OrderState;
  return OrderState[name] ?? OrderState.ORDER_STATE_UNSPECIFIED;
}

/** The order on the wire. */
export function toOrder(record: OrderRecord): Order {
  return {
    order: resultOf(record),
    state: wireStateOf(record),
    email: record.email,
    createTimeMs: BigInt(record.createdAtMs),
    failure: record.failure?.message ?? "",
    confirmationFailure: record.confirmationFailure ?? "",
  };
}
