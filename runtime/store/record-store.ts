/** The text of a record, its expiry and its lists. */
export interface RecordWrite {
  /** The text, usually JSON. */
  readonly value: string;
  /** Epoch milliseconds from which the record is absent. */
  readonly expiresAtMs: number;
  /** The lists that contain the record; a rewrite replaces them. */
  readonly tags: readonly string[];
  /** The record's position in its lists, in epoch milliseconds; records of the same time are ordered by key. */
  readonly sortMs: number;
}

/** Which records of a list are read. */
export interface ListOptions {
  /** The maximum number of records; at least 1. */
  readonly limit: number;
  /** Whether the list starts with the greatest or with the smallest position. */
  readonly order: "newest" | "oldest";
}

/**
 * Stores texts by key until they expire. Each write is a compare-and-set and is atomic with the record's
 * lists, even across processes. A write whose caller got a StoreError may have been made; to find out,
 * read the record. All methods reject with a StoreError if the store fails.
 */
export interface RecordStore {
  /** Returns the text of a record; undefined if it does not exist or has expired. */
  get(key: string): Promise<string | undefined>;
  /**
   * Writes a record if its text is still `expected`, where undefined means that it does not exist.
   * Returns whether it was written.
   */
  replace(key: string, expected: string | undefined, next: RecordWrite): Promise<boolean>;
  /** Deletes a record if its text is still `expected`. Returns whether it was deleted. */
  remove(key: string, expected: string): Promise<boolean>;
  /** Returns the texts of the records with a tag. */
  list(tag: string, options: ListOptions): Promise<readonly string[]>;
  /** Returns the number of records with a tag. */
  count(tag: string): Promise<number>;
  /**
   * Rejects with a ConfigError if the stored data cannot be used: it is damaged, or a newer release wrote
   * it in a format that this release cannot read. It changes nothing then. It does not
   * reject if the store does not answer: `ping` reports that.
   */
  verify(): Promise<void>;
  /** Rejects if the store does not answer. */
  ping(): Promise<void>;
  /** Closes the store; safe to call twice. */
  close(): Promise<void>;
}
