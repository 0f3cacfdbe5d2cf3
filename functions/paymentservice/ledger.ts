import type { Money } from "#protos/hipstershop.ts";
import { formatMoney, nanosOf } from "#runtime/money.ts";
import { nameBasedId } from "#runtime/name-based-id.ts";
import { StatusError } from "#runtime/status.ts";
import { type Changed, createJsonRecords } from "#runtime/store/json-records.ts";
import type { RecordStore } from "#runtime/store/record-store.ts";

/** The number of the format of transactions. */
export const ledgerFormat = 1;

/**
 * A transaction in the ledger, without any data of the card. It is `charged`, `refunded`, or `void`: a
 * refund came first and forbids the charge.
 */
export interface Transaction {
  /** The format of this record. */
  readonly format: typeof ledgerFormat;
  /** What was done with the card. */
  readonly state: "charged" | "refunded" | "void";
  /** The amount of the charge, or of the refund that forbids it. */
  readonly amount: StoredAmount;
  /** When the state began, in epoch milliseconds. */
  readonly changedAtMs: number;
}

// JSON has no type for int64.
interface StoredAmount {
  readonly currencyCode: string;
  readonly units: string;
  readonly nanos: number;
}

/** Records what was done with each transaction id, so that it is done once. */
export interface Ledger {
  /**
   * Charges an amount, unless that was done before.
   *
   * @param acceptCard runs if nothing was recorded; throws if the card is refused, which is not recorded
   * @throws StatusError FAILED_PRECONDITION for another amount, ABORTED if it was refunded or is void
   */
  charge(id: string, amount: Money, acceptCard: () => void): Promise<Changed<Transaction>>;
  /**
   * Refunds a charge; voids an unknown id, so that it cannot be charged later.
   *
   * @throws StatusError FAILED_PRECONDITION for another amount
   */
  refund(id: string, amount: Money): Promise<Changed<Transaction>>;
}

/**
 * Creates the ledger.
 *
 * @param options.retentionMs milliseconds for which a transaction is kept after its last change
 * @param options.now returns epoch milliseconds
 */
export function createLedger(options: {
  store: RecordStore;
  retentionMs: number;
  now: () => number;
}): Ledger {
  const transactions = createJsonRecords({ ...options, noun: "transaction", isRecord });
  const stateOf = (state: Transaction["state"], amount: Money): Transaction => ({
    format: ledgerFormat,
    state,
    amount: storedAmountOf(amount),
    changedAtMs: options.now(),
  });
  return {
    charge: (id, amount, acceptCard) =>
      transactions.change(id, (current) => {
        if (!current) {
          acceptCard();
          return stateOf("charged", amount);
        }
        if (current.state !== "charged") {
          const reason = current.state === "refunded" ? "was refunded" : "was voided by a refund";
          throw new StatusError("ABORTED", `transaction ${id} ${reason}: charge with a new id`);
        }
        requireSameAmount(id, current, amount);
        return current;
      }),
    refund: (id, amount) =>
      transactions.change(id, (current) => {
        if (!current) return stateOf("void", amount);
        requireSameAmount(id, current, amount);
        if (current.state !== "charged") return current;
        return { ...current, state: "refunded", changedAtMs: options.now() };
      }),
  };
}

// A random UUID: name-based ids need a namespace (RFC 9562, 6.6).
const refundNamespace = "b1f6a2f4-c7d2-4e0f-9a3c-5d8e6b7a4c19";

/** The id of a transaction's refund; empty if there was nothing to refund. */
export function refundIdOf(id: string, { state }: Transaction): string {
  return state === "refunded" ? nameBasedId(refundNamespace, id) : "";
}

function requireSameAmount(id: string, { amount }: Transaction, requested: Money): void {
  const recorded = { ...amount, units: BigInt(amount.units) };
  const isSame =
    recorded.currencyCode === requested.currencyCode && nanosOf(recorded) === nanosOf(requested);
  if (isSame) return;
  const [stored, other] = [recorded, requested].map(formatMoney);
  const message = `transaction ${id} has the amount ${stored}, not ${other}`;
  throw new StatusError("FAILED_PRECONDITION", message);
}

function storedAmountOf({ currencyCode, units, nanos }: Money): StoredAmount {
  return { currencyCode, units: String(units), nanos };
}

const states: readonly unknown[] = ["charged", "refunded", "void"];

function isRecord(value: unknown): value is Transaction {
  if (typeof value !== "object" || value === null) return false;
  const { state, amount } = value as Partial<Transaction>;
  return (
    states.includes(state) &&
    typeof amount?.currencyCode === "string" &&
    /^-?\d+$/.test(amount.units) &&
    Number.isInteger(amount.nanos)
  );
}
