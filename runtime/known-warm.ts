import type { Metadata } from "@grpc/grpc-js";
import type { StatusCode } from "./status.ts";

// A function that answered this recently has not been scaled to zero since: Knative's shortest
// stable window is six seconds.
const knownWarmMs = 5000;
const lastAnswersMs = new Map<string, number>();

/** Whether a function, by the `:authority` of calls to it, answered this process in the last five seconds. */
export function isKnownWarm(authority: string): boolean {
  const lastMs = lastAnswersMs.get(authority) ?? Number.NEGATIVE_INFINITY;
  return performance.now() - lastMs < knownWarmMs;
}

/** Records that a function, by the `:authority` of calls to it, answers now. */
export function recordAnswer(authority: string): void {
  lastAnswersMs.set(authority, performance.now());
}

/**
 * Whether a failed call proves that the function itself answered. It does if the status was received
 * in a gRPC response ("Trailers-Only", as for unary errors): grpc-js also creates statuses locally, such
 * as CANCELLED, INTERNAL or one derived from a proxy's HTTP status, and those have no gRPC content type.
 * UNAVAILABLE and DEADLINE_EXCEEDED are not a proof, since a proxy sends both on behalf of a function
 * that has not started.
 *
 * @param metadata the call's trailers
 */
export function isAnswer(code: StatusCode, metadata: Metadata): boolean {
  if (code === "UNAVAILABLE" || code === "DEADLINE_EXCEEDED") return false;
  const [contentType] = metadata.get("content-type");
  return typeof contentType === "string" && contentType.startsWith("application/grpc");
}
