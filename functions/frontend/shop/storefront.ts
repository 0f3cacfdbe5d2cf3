import type { StaticFiles } from "#runtime/static-files.ts";
import type { Clients } from "./clients.ts";
import type { PlacedOrders } from "./placed-orders.ts";
import type { SessionCookies } from "./session-cookie.ts";

/** The configuration and the clients that all routes share. */
export interface Storefront {
  /** The clients of the functions behind the pages. */
  readonly clients: Clients;
  /** Style sheets and pictures. */
  readonly files: StaticFiles;
  /** A message at the top of every page; none if undefined. */
  readonly message: string | undefined;
  /** Whether all visitors share one session. */
  readonly hasSharedSession: boolean;
  /** Writes and reads session cookies. */
  readonly sessionCookies: SessionCookies;
  /** The orders whose pages are requested next. */
  readonly placedOrders: PlacedOrders;
  /** Returns the current time. */
  readonly now: () => Date;
  /** Returns a random number from 0 to below 1. */
  readonly random: () => number;
  /** Creates a session id or a request id, a UUID of version 4. */
  readonly createId: () => string;
}

/** The visitor of a page. */
export interface Visit {
  /** The session id, which is also the user id of the cart. */
  readonly sessionId: string;
  /** Whether this shop certainly issued the session id; if not, nothing may be stored for it yet. */
  readonly isIssued: boolean;
  /** The currency of all prices: one of those that the storefront offers. */
  readonly currencyCode: string;
}
