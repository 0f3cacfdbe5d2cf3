import { Metadata } from "@grpc/grpc-js";
import { serverTimingHeader } from "./server-timing.ts";
import { type StatusError, statusNumberOf } from "./status.ts";

/** What grpc-js sends for a failed call. */
export interface GrpcFailure {
  code: number;
  details: string;
  metadata: Metadata | undefined;
}

// HTTP/2 servers and proxies cap the size of trailers; a sentence fits well within this.
const maxDetailsLength = 2048;

/** A status as grpc-js takes it, with the cold starts that the call has met. */
export function toGrpcFailure(error: StatusError, serverTiming: string): GrpcFailure {
  return {
    code: statusNumberOf(error.code),
    details: error.message.slice(0, maxDetailsLength),
    metadata: timingTrailers(serverTiming),
  };
}

/** Trailers that carry a Server-Timing value; none for an empty one. */
export function timingTrailers(serverTiming: string): Metadata | undefined {
  if (serverTiming === "") return undefined;
  const trailers = new Metadata();
  trailers.set(serverTimingHeader, serverTiming);
  return trailers;
}
