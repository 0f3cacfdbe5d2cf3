import { StatusError } from "../status.ts";
import type { RecordStore } from "./record-store.ts";
import { explainStoreErrors } from "./store-error.ts";

/** The records of a function that only one key leads to. */
export interface JsonRecordsOptions<T> {
  /** Where they are stored. */
  store: RecordStore;
  /** What a record is in messages, such as `transaction`. */
  noun: string;
  /** Whether parsed JSON has the fields that this release reads; it may have more. */
  isRecord: (value: unknown) => value is T;
  /** Milliseconds for which a record is kept after its last change. */
  retentionMs: number;
  /** Returns epoch milliseconds. */
  now: () => number;
}

/** The outcome of a change. */
export interface Changed<T> {
  /** The record as it is stored now. */
  readonly record: T;
  /** Whether this call has written it. */
  readonly isWritten: boolean;
}

/** Records that are read, changed and written back in one step. */
export interface JsonRecords<T> {
  /**
   * Changes a record. Spread the current one, so that fields of a newer release are kept. If another caller
   * changes the record meanwhile, `edit` runs again.
   *
   * @param edit gets undefined if there is no record; returns the current one to leave it as it is. Its
   *   errors are passed on
   * @throws StatusError UNAVAILABLE if the store fails, DATA_LOSS if the record is damaged
   */
  change(key: string, edit: (current: T | undefined) => T): Promise<Changed<T>>;
}

/** Keeps records as JSON in a store. */
export function createJsonRecords<T extends object>(
  options: JsonRecordsOptions<T>,
): JsonRecords<T> {
  const { store, noun, retentionMs, now } = options;
  const access = <R>(work: () => Promise<R>) =>
    // Nobody knows whether a write was made whose store failed, also if the store refused it. Therefore the
    // status must not mean that nothing was done, as FAILED_PRECONDITION does.
    explainStoreErrors(`Can't access the ${noun}s.`, work, "UNAVAILABLE");
  return {
    change: async (key, edit) => {
      for (;;) {
        const text = await access(() => store.get(key));
        const current = text === undefined ? undefined : parse(text, options);
        const record = edit(current);
        if (record === current) return { record, isWritten: false };
        const next = {
          value: JSON.stringify(record),
          expiresAtMs: now() + retentionMs,
          tags: [],
          sortMs: now(),
        };
        if (await access(() => store.replace(key, text, next))) return { record, isWritten: true };
      }
    },
  };
}

function parse<T>(text: string, { noun, isRecord }: JsonRecordsOptions<T>): T {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch {
    // Reported below, without the text.
  }
  throw new StatusError("DATA_LOSS", `the stored ${noun} is damaged`);
}
