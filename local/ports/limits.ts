import { type ConnectionLimits, connectionLimits } from "#runtime/connection-limits.ts";

/** What the platform's listeners allow. */
export interface PlatformLimits extends ConnectionLimits {
  /** Connections that one listener keeps open at a time; more are closed at once. */
  readonly maxConnections: number;
}

/**
 * The limits of every listener. An instance closes connections that stall in a request by the same
 * limits, and the platform then closes the client's. A wait for a cold start counts towards none.
 */
export const platformLimits: PlatformLimits = {
  ...connectionLimits,
  // Far above what one machine's functions can serve, and below the files that a process may open on
  // most systems: each connection takes two of them.
  maxConnections: 2000,
};
