import type { StaticFiles } from "#runtime/static-files.ts";
import type { Clients } from "./clients.ts";

/** What all routes share. */
export interface Storefront {
  /** The clients of the functions behind the pages. */
  readonly clients: Clients;
  /** Style sheets and pictures. */
  readonly files: StaticFiles;
  /** A sentence above every page; none if undefined. */
  readonly message: string | undefined;
  /** Whether all visitors share one session. */
  readonly hasSharedSession: boolean;
  /** The current time. */
  readonly now: () => Date;
  /** A random number from 0 up to, but not including, 1. */
  readonly random: () => number;
  /** A new session id: a UUID v4. */
  readonly createId: () => string;
}

/** The visitor of a page. */
export interface Visit {
  /** The session id, which is also the user id of the cart. */
  readonly sessionId: string;
  /** The currency of all prices: one of those that the storefront offers. */
  readonly currencyCode: string;
}
