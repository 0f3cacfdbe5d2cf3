import { randomBytes } from "node:crypto";

/** One request that was sent, and what came of it. */
export interface SentStep {
  /** A page such as `GET /cart`, or an RPC such as `CartService/GetCart`. */
  readonly step: string;
  /** Epoch milliseconds. */
  readonly intendedAtMs: number;
  /** Epoch milliseconds. */
  readonly sentAtMs: number;
  /** From when it was due until the whole answer was there. */
  readonly latencyMs: number;
  readonly status: string;
  readonly isOk: boolean;
  /** The Server-Timing value of the answer: which functions were cold. */
  readonly serverTiming: string;
  readonly traceId: string;
}

/** Headers that start a trace which is recorded, and its id. */
export function startTrace(): { traceId: string; headers: Readonly<Record<string, string>> } {
  const traceId = randomBytes(16).toString("hex");
  const parentId = randomBytes(8).toString("hex");
  return { traceId, headers: { traceparent: `00-${traceId}-${parentId}-01` } };
}
