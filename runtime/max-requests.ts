import type { EnvironmentReader } from "./environment.ts";

/** Requests in flight per instance if MAX_CONCURRENT_REQUESTS is not set. */
export const defaultMaxRequests = 100;

/** The variable of the maximum number of requests in flight per instance. */
export const maxRequestsVariable = "MAX_CONCURRENT_REQUESTS";

const highest = 100_000;

/** Reads the maximum number of requests in flight per instance. */
export function readMaxRequests(read: Pick<EnvironmentReader, "optional">): number {
  const rule = `a whole number from 1 to ${highest}, such as ${defaultMaxRequests}`;
  return read.optional(maxRequestsVariable, rule, parseMaxRequests) ?? defaultMaxRequests;
}

/** A maximum number of requests; undefined for another text. */
export function parseMaxRequests(text: string): number | undefined {
  const max = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  return max >= 1 && max <= highest ? max : undefined;
}
