import { JWKSNoMatchingKey } from "jose/errors";
import { createLocalJWKSet } from "jose/jwks/local";
import type { JWTVerifyGetKey } from "jose/jwt/verify";
import { log } from "../log.ts";
import { StatusError } from "../status.ts";
import { fetchKeySet, type KeyAccess, type KeySet } from "./fetch-key-set.ts";
import type { CallerConfig } from "./identity-config.ts";

/** The address of the keys, the access to it, and the valid issuers. */
export type KeySourceConfig = KeyAccess & Pick<CallerConfig, "issuers">;

// Keys that the issuer withdrew are trusted for this long, and longer while it cannot be reached.
const maxAgeMs = 5 * 60_000;

// The minimum time between two fetches: tokens with unknown keys cannot cause more.
const cooldownMs = 10_000;

// While there are no keys at all, no call can be answered.
const retryMs = 500;

/** The issuer's keys: fetched once, refreshed in the background, and fetched again for an unknown key. */
export class KeySource {
  readonly #config: KeySourceConfig;
  readonly #now: () => number;
  #keySet: KeySet | undefined;
  #find: ReturnType<typeof createLocalJWKSet> | undefined;
  #fetching: Promise<void> | undefined;
  #startedMs = Number.NEGATIVE_INFINITY;
  #failure: unknown;

  /** @param now returns epoch milliseconds */
  constructor(config: KeySourceConfig, now: () => number) {
    this.#config = config;
    this.#now = now;
  }

  /** The valid issuers; empty as long as no keys were fetched, if the configuration has none. */
  get issuers(): readonly string[] {
    const { issuers } = this.#config;
    return issuers.length > 0 ? issuers : (this.#keySet?.issuers ?? []);
  }

  /** Fetches the keys if there are none. Rejects with StatusError UNAVAILABLE. */
  async prepare(): Promise<void> {
    if (this.#find) return;
    if (this.#mayFetch(retryMs)) await this.#fetch();
    if (!this.#find) throw this.#unavailable();
  }

  /**
   * The key of a token.
   *
   * @throws JWKSNoMatchingKey if the issuer has no such key, StatusError UNAVAILABLE if that cannot be decided
   */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    await this.prepare();
    if (this.#mayFetch(maxAgeMs)) void this.#fetch();
    try {
      return await this.#findNow(header, token);
    } catch (error) {
      if (!(error instanceof JWKSNoMatchingKey)) throw error;
      if (this.#mayFetch(cooldownMs)) await this.#fetch();
      // The issuer may have a new key.
      if (this.#failure !== undefined) throw this.#unavailable();
      return this.#findNow(header, token);
    }
  };

  #findNow: JWTVerifyGetKey = async (header, token) => {
    if (!this.#find) throw this.#unavailable();
    return this.#find(header, token);
  };

  // A running fetch is joined.
  #mayFetch(minAgeMs: number): boolean {
    return this.#fetching !== undefined || this.#now() - this.#startedMs >= minAgeMs;
  }

  #fetch(): Promise<void> {
    this.#fetching ??= this.#load().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #load(): Promise<void> {
    this.#startedMs = this.#now();
    try {
      const keySet = await fetchKeySet(this.#config);
      this.#find = createLocalJWKSet(keySet.jwks);
      this.#keySet = keySet;
      this.#failure = undefined;
    } catch (error) {
      this.#failure = error;
      const kept = this.#find ? "the known ones are kept" : "calls are answered UNAVAILABLE";
      const { origin, pathname } = this.#config.keysUrl;
      const url = `${origin}${pathname}`;
      log.warn(`the keys of callers' tokens could not be fetched from ${url}: ${kept}`, { error });
    }
  }

  // Anyone can cause it, so it does not say why the keys are missing: the log does.
  #unavailable(): StatusError {
    const message =
      "callers cannot be verified, because the keys of their tokens could not be fetched";
    return new StatusError("UNAVAILABLE", message);
  }
}
