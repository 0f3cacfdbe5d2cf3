import type { Metadata } from "@grpc/grpc-js";
import type { ErrorInfo } from "./status.ts";

const trailer = "grpc-status-details-bin";

// Loaded by the first status with an ErrorInfo, because it would delay a cold start.
const codec = () => import("./error-info-codec.ts");

/**
 * Adds an ErrorInfo to trailers, as a google.rpc.Status.
 *
 * @param code the number of the status on the wire
 * @param message the message of the status
 */
export async function writeErrorInfo(
  trailers: Metadata,
  code: number,
  message: string,
  info: ErrorInfo,
): Promise<void> {
  const { encodeErrorInfo } = await codec();
  trailers.set(trailer, encodeErrorInfo(code, message, info));
}

/** The shop's ErrorInfo in trailers; undefined if there is none or it is malformed. */
export async function readErrorInfo(trailers: Metadata): Promise<ErrorInfo | undefined> {
  const [details] = trailers.get(trailer);
  if (!Buffer.isBuffer(details)) return undefined;
  const { decodeErrorInfo } = await codec();
  return decodeErrorInfo(details);
}
