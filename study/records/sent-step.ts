import { randomBytes } from "node:crypto";

/** One request that was sent, and its result. */
export interface SentStep {
  /** A page such as `GET /cart`, or an RPC such as `CartService/GetCart`. */
  readonly step: string;
  /** Epoch milliseconds at which the request was due. */
  readonly intendedAtMs: number;
  /** Epoch milliseconds at which the request was sent. */
  readonly sentAtMs: number;
  /** Milliseconds from the due time until the complete response. */
  readonly latencyMs: number;
  /** An HTTP status, a gRPC status code, or the reason why there is no response. */
  readonly status: string;
  /** Whether the response was the expected one. */
  readonly isOk: boolean;
  /** The Server-Timing value of the response: which functions were cold. */
  readonly serverTiming: string;
  /** 32 hexadecimal digits. */
  readonly traceId: string;
}

/** Headers that start a sampled trace, and the trace's id. */
export function startTrace(): { traceId: string; headers: Readonly<Record<string, string>> } {
  const traceId = randomBytes(16).toString("hex");
  const parentId = randomBytes(8).toString("hex");
  return { traceId, headers: { traceparent: `00-${traceId}-${parentId}-01` } };
}
