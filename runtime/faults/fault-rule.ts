import type { FaultPoint } from "../fault-hook.ts";
import type { StatusCode } from "../status.ts";

/** The effect of a rule. */
export type Fault =
  /** The call waits; quantiles of the wait as pairs of share (0 to 1) and milliseconds, ascending. */
  | { readonly kind: "latency"; readonly quantiles: readonly Quantile[] }
  /** The call fails: with the code of an RPC, or the HTTP status of a page. */
  | { readonly kind: "status"; readonly status: StatusCode | number }
  /** The call waits until its caller leaves. */
  | { readonly kind: "hang" }
  /** The process kills itself. */
  | { readonly kind: "crash" }
  /** The process uses the milliseconds of CPU time and answers no other call meanwhile. */
  | { readonly kind: "cpu"; readonly durationMs: number }
  /** The process keeps the bytes for the rest of its life. */
  | { readonly kind: "leak"; readonly bytes: number };

/** A share from 0 to 1, and the milliseconds that this share of the calls does not exceed. */
export type Quantile = readonly [share: number, ms: number];

/** The calls of a rule. */
export interface FaultTarget {
  /** `rpc` for served and outgoing calls, `http` for a page or a route, `event` for a sent event, or `any` request that is answered here. */
  readonly kind: "rpc" | "http" | "event" | "any";
  /** Matches the target of a point. */
  readonly pattern: RegExp;
  /** The path of an HTTP target as it was written, such as `/product/{id}`; otherwise empty. */
  readonly route: string;
}

/** One rule: which calls get which fault, and how often. */
export interface FaultRule {
  /** The rule as it was written, which names it in spans and logs. */
  readonly text: string;
  /** The target as it was written, a label of the metric. */
  readonly targetText: string;
  /** The calls. */
  readonly target: FaultTarget;
  /** The effect. */
  readonly fault: Fault;
  /** Whether the fault precedes the work of the call, or follows it when its effect is done. */
  readonly when: "before" | "after";
  /** The share of the calls, above 0 and at most 1. */
  readonly rate: number;
}

/** Whether a rule is about a point. */
export function matches({ target }: FaultRule, point: FaultPoint): boolean {
  if (target.kind === "any") return point.side === "server";
  return target.pattern.test(point.target);
}

/**
 * The value at a share of a distribution: linear between its quantiles, constant beyond the first and the
 * last.
 */
export function valueAt(quantiles: readonly Quantile[], share: number): number {
  let [below] = quantiles;
  for (const above of quantiles) {
    if (below && above[0] >= share) {
      const width = above[0] - below[0];
      return width <= 0
        ? above[1]
        : below[1] + ((above[1] - below[1]) * (share - below[0])) / width;
    }
    below = above;
  }
  return below?.[1] ?? 0;
}
