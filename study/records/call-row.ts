import type { PhaseTimes } from "./phases.ts";

/** The step that stands for all steps of a visit. Its latency is the sum of theirs. */
export const totalStep = "total";

/** Whether a call met a function that was starting, or one that was running. */
export type FunctionState = "cold" | "warm";

/** One request and its result: a row of `calls.csv`. */
export interface CallRow {
  /** Number of the sample in the plan, from 0. */
  readonly sample: number;
  /** Name of the condition. */
  readonly condition: string;
  /** Number of the condition's repetition, from 0. */
  readonly repetition: number;
  /** Number of the arrival within its sample, from 0. */
  readonly call: number;
  /** A page such as `GET /cart`, an RPC such as `CartService/GetCart`, or `total`. */
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
  /** Whether the request met the cold start of any function. */
  readonly isCold: boolean;
  /** The functions that took part, cold or warm. */
  readonly functions: Readonly<Record<string, FunctionState>>;
  /** 32 hexadecimal digits; empty for a `total`. */
  readonly traceId: string;
  /** Null if the trace is missing or was not read. */
  readonly phases: PhaseTimes | null;
  /**
   * Milliseconds by which the function's span lies outside the time in which the client waited: a
   * lower bound of the difference between the two clocks. Null without a trace.
   */
  readonly clockSkewMs: number | null;
}
