import type { CachePolicy } from "./cache-policy.ts";

/** The limits of a cache; the least recently used responses are removed first. */
export interface CacheLimits {
  /** The maximum number of responses. */
  readonly maxEntries: number;
  /** The maximum sum of the encoded requests and responses in bytes. Objects take several times as much. */
  readonly maxBytes: number;
}

/** A response that a function sent. */
export interface FetchedResponse {
  /** The message. */
  readonly response: unknown;
  /** How long it may be used again; undefined: it may not. */
  readonly policy: CachePolicy | undefined;
  /** Its length in bytes when it is encoded; 0 without a policy. */
  readonly bytes: number;
}

/** A call that the cache answers or makes. */
export interface CacheableCall {
  /** Makes the call. */
  readonly fetch: () => Promise<FetchedResponse>;
  /** Makes a copy of the call that does not end with its caller. */
  readonly revalidate: () => Promise<FetchedResponse>;
  /** Waits for the same call of another caller, but not longer than this one can wait. */
  readonly join: <T>(other: Promise<T>) => Promise<T>;
}

/**
 * How a call was answered, in the terms of RFC 9211: from the cache with a response that is fresh (`hit`) or
 * stale (`stale`), by the call of another caller that was running (`collapsed`), or by a call (`miss`).
 */
export type CacheResult = "hit" | "stale" | "collapsed" | "miss";

/** The answer to a call. */
export interface CacheAnswer {
  /** The message. A message that was stored is frozen, because several callers have it. */
  readonly response: unknown;
  /** Where it comes from. */
  readonly result: CacheResult;
}

interface Entry {
  readonly response: unknown;
  readonly etag: string | undefined;
  readonly bytes: number;
  readonly requestedAtMs: number;
  readonly freshUntilMs: number;
  readonly usableUntilMs: number;
}

/**
 * Keeps responses for as long as their policies say, counted from the request. Calls with the same key at the
 * same time share one call (single flight). A stale response is returned while a new one is requested; it stays
 * if that fails. Errors are not kept.
 */
export class ResponseCache {
  readonly #limits: CacheLimits;
  readonly #nowMs: () => number;
  // The least recently used entry first.
  readonly #entries = new Map<string, Entry>();
  readonly #flights = new Map<string, Promise<FetchedResponse | undefined>>();
  #bytes = 0;

  /** @param nowMs returns the milliseconds of a monotonic clock */
  constructor(limits: CacheLimits, nowMs: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#nowMs = nowMs;
  }

  /** The number of responses, and the sum of their lengths and those of their keys in bytes. */
  get size(): { readonly entries: number; readonly bytes: number } {
    return { entries: this.#entries.size, bytes: this.#bytes };
  }

  /**
   * Answers a call.
   *
   * @param key identifies the function, the method and the request
   * @throws the error of the call, if no response can be used
   */
  async answer(key: string, call: CacheableCall): Promise<CacheAnswer> {
    const entry = this.#find(key);
    const flight = this.#flights.get(key);
    if (entry) {
      const isFresh = this.#nowMs() < entry.freshUntilMs;
      // The stale response remains if this fails; the span of the call has the error.
      if (!isFresh && !flight) this.#fly(key, call.revalidate).catch(() => undefined);
      return { response: entry.response, result: isFresh ? "hit" : "stale" };
    }
    if (!flight) return { response: (await this.#fly(key, call.fetch)).response, result: "miss" };
    const shared = await call.join(flight);
    if (shared) return { response: shared.response, result: "collapsed" };
    // The other call failed, perhaps because its caller left, or its response is for nobody else.
    return { response: (await this.fetch(() => key, call.fetch)).response, result: "miss" };
  }

  /**
   * Makes a call and stores its response if that is allowed; the key is needed only then. A response that was
   * requested before the stored one does not replace it.
   */
  async fetch(
    keyOf: () => string,
    fetch: () => Promise<FetchedResponse>,
  ): Promise<FetchedResponse> {
    const requestedAtMs = this.#nowMs();
    const fetched = await fetch();
    if (!fetched.policy) return fetched;
    const key = keyOf();
    const { maxAgeS, staleWhileRevalidateS, etag } = fetched.policy;
    const previous = this.#entries.get(key);
    // The same object again, since values that callers derived from it may be kept with it.
    const isSame = etag !== undefined && previous?.etag === etag;
    const response = isSame ? previous.response : freeze(fetched.response);
    if (!previous || previous.requestedAtMs <= requestedAtMs) {
      const freshUntilMs = requestedAtMs + maxAgeS * 1000;
      const usableUntilMs = freshUntilMs + staleWhileRevalidateS * 1000;
      const bytes = key.length + fetched.bytes;
      this.#store(key, { response, etag, bytes, requestedAtMs, freshUntilMs, usableUntilMs });
    }
    return { ...fetched, response };
  }

  #fly(key: string, fetch: () => Promise<FetchedResponse>): Promise<FetchedResponse> {
    const fetched = this.fetch(() => key, fetch);
    const flight = fetched.then(
      (response) => (response.policy ? response : undefined),
      () => undefined,
    );
    this.#flights.set(key, flight);
    void flight.then(() => this.#flights.delete(key));
    return fetched;
  }

  #find(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#remove(key, entry);
    if (this.#nowMs() >= entry.usableUntilMs) return undefined;
    this.#add(key, entry);
    return entry;
  }

  #store(key: string, entry: Entry): void {
    const { maxEntries, maxBytes } = this.#limits;
    const previous = this.#entries.get(key);
    if (previous) this.#remove(key, previous);
    if (entry.bytes > maxBytes) return;
    this.#add(key, entry);
    for (const [oldest, { bytes }] of this.#entries) {
      if (this.#entries.size <= maxEntries && this.#bytes <= maxBytes) break;
      this.#remove(oldest, { bytes });
    }
  }

  #add(key: string, entry: Entry): void {
    this.#entries.set(key, entry);
    this.#bytes += entry.bytes;
  }

  #remove(key: string, { bytes }: Pick<Entry, "bytes">): void {
    this.#entries.delete(key);
    this.#bytes -= bytes;
  }
}

function freeze<T>(value: T): T {
  // The bytes of a buffer cannot be frozen.
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  for (const each of Object.values(value)) freeze(each);
  return Object.freeze(value);
}
