import { type ConnectionLimits, connectionLimits } from "#runtime/connection-limits.ts";

/** The limits of the platform's listeners. */
export interface PlatformLimits extends ConnectionLimits {
  /** Connections that one listener keeps open at a time; more are closed at once. */
  readonly maxConnections: number;
}

/**
 * The limits of every listener. An instance closes connections that stall in a request by the same
 * limits, and the platform then closes the client's. A wait for a cold start does not count towards any.
 */
export const platformLimits: PlatformLimits = {
  ...connectionLimits,
  // More than the functions of one machine can serve, and below the usual limit of open files of a
  // process: each connection uses two.
  maxConnections: 2000,
};
