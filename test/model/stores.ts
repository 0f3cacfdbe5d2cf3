import {
  createMemoryRecordStore,
  type MemoryRecords,
} from "#runtime/store/fixtures/memory-record-store.ts";
import type { RecordStore } from "#runtime/store/record-store.ts";
import type { StoredRecord } from "../fixtures/order-records.ts";
import { access } from "./network.ts";
import type { Life, Simulation } from "./simulation.ts";

/** A change of a stored record. */
export interface Change {
  /** The key of the record. */
  readonly key: string;
  /** Its content before; undefined if it did not exist. */
  readonly from: StoredRecord | undefined;
  /** Its content after; undefined if it was removed. */
  readonly to: StoredRecord | undefined;
  /** How many tasks were taken before. */
  readonly at: number;
}

/** The records of one store, which survive crashes, and how they changed. */
export class Storage {
  /** The records by key. */
  readonly records: MemoryRecords = new Map();
  /** All changes, oldest first. */
  readonly changes: Change[] = [];
  /** Every text that was ever stored. */
  readonly texts: string[] = [];
  readonly #sim: Simulation;
  readonly #name: string;

  constructor(sim: Simulation, name: string) {
    this.#sim = sim;
    this.#name = name;
  }

  /** The keys and the parsed records. */
  entries(): [key: string, record: StoredRecord][] {
    return [...this.records].map(([key, { value }]) => [key, JSON.parse(value)]);
  }

  /** The parsed records. */
  list(): StoredRecord[] {
    return this.entries().map(([, record]) => record);
  }

  /** The store as a process uses it. Each operation is one task, or two if it has a separate answer. */
  open(life: Life): RecordStore {
    const store = this.#observe(
      createMemoryRecordStore({ records: this.records, now: this.#sim.now }),
    );
    const through = <T>(label: string, work: () => Promise<T>) =>
      access(this.#sim, life, `${this.#name}.${label}`, work);
    return {
      get: (key) => through("get", () => store.get(key)),
      replace: (key, expected, next) =>
        through(`replace ${parse(next.value)?.state}`, () => store.replace(key, expected, next)),
      remove: (key, expected) => through("remove", () => store.remove(key, expected)),
      list: (tag, options) => through("list", () => store.list(tag, options)),
      count: (tag) => through("count", () => store.count(tag)),
      verify: () => store.verify(),
      ping: () => store.ping(),
      close: () => store.close(),
    };
  }

  #observe(store: RecordStore): RecordStore {
    const record = (key: string, before: string | undefined, after: string | undefined) => {
      this.changes.push({ key, from: parse(before), to: parse(after), at: this.#sim.taken });
      if (after !== undefined) this.texts.push(after);
    };
    return {
      ...store,
      replace: async (key, expected, next) => {
        const isDone = await store.replace(key, expected, next);
        if (isDone) record(key, expected, next.value);
        return isDone;
      },
      remove: async (key, expected) => {
        const isDone = await store.remove(key, expected);
        if (isDone) record(key, expected, undefined);
        return isDone;
      },
    };
  }
}

function parse(text: string | undefined): StoredRecord | undefined {
  return text === undefined ? undefined : JSON.parse(text);
}
