import type { PhaseTimes } from "./phases.ts";

/** The step that stands for all steps of a visit: its latency is the sum of theirs. */
export const totalStep = "total";

/** Whether a call met a function as it was starting, or running. */
export type FunctionState = "cold" | "warm";

/** One request and what came of it: a row of `calls.csv`. */
export interface CallRow {
  /** The sample's number in the plan, from 0. */
  readonly sample: number;
  readonly condition: string;
  /** Which of the condition's repetitions it is, from 0. */
  readonly repetition: number;
  /** The number of the arrival within its sample, from 0. */
  readonly call: number;
  /** A page such as `GET /cart`, an RPC such as `CartService/GetCart`, or `total`. */
  readonly step: string;
  /** Epoch milliseconds at which it was due. */
  readonly intendedAtMs: number;
  /** Epoch milliseconds at which it was sent. */
  readonly sentAtMs: number;
  /** Milliseconds from when it was due until its answer was there as a whole. */
  readonly latencyMs: number;
  /** An HTTP status, a gRPC status code, or why there was no answer. */
  readonly status: string;
  /** Whether the answer was what had been asked for. */
  readonly isOk: boolean;
  /** Whether it met the cold start of any function. */
  readonly isCold: boolean;
  /** The functions that took part: whether the call met them cold. */
  readonly functions: Readonly<Record<string, FunctionState>>;
  /** 32 hexadecimal digits; empty for a `total`. */
  readonly traceId: string;
  /** Null where the trace was not there, or not asked for. */
  readonly phases: PhaseTimes | null;
  /**
   * Milliseconds by which the function's span lies outside of the time in which the client waited:
   * what the two clocks differ by at least. Null without a trace.
   */
  readonly clockSkewMs: number | null;
}
