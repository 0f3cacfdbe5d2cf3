import { isActivator, isBootOrPhase, isQueueProxy } from "#traces/known-spans.ts";
import { type CallRow, totalStep } from "../../records/call-row.ts";
import type { PathRecord, PathSegment } from "../../records/sample-record.ts";
import type { PhaseOwner } from "../colours.ts";
import type { Headline } from "../headline.ts";
import type { ReportRun } from "../read-runs.ts";

/** A segment of a chain. Milliseconds of waiting since the chain's start. */
export interface ChainSegment {
  /** The function that was waited for. */
  readonly function: string;
  /** The cause of the time. */
  readonly owner: PhaseOwner;
  /** Milliseconds. */
  readonly startMs: number;
  /** Milliseconds. */
  readonly endMs: number;
}

/** The critical path through all steps of one call, without the pauses between them. */
export interface Chain {
  /** Name of the condition. */
  readonly condition: string;
  /** The length of all steps in milliseconds. */
  readonly totalMs: number;
  /** The steps in order. */
  readonly steps: readonly {
    /** Name of the step. */
    readonly step: string;
    /** Milliseconds from the start of the path. */
    readonly startMs: number;
    /** Milliseconds from the start of the path. */
    endMs: number;
  }[];
  /** In the order of time. */
  readonly segments: readonly ChainSegment[];
  /** Number of steps with a path. */
  readonly pathCount: number;
}

/** The call with the median latency, among the calls of a condition whose path was recorded. */
export function findChain({ samples, calls }: ReportRun, headline: Headline): Chain | undefined {
  const { condition } = headline;
  const known = samples
    .filter((sample) => sample.condition === condition && sample.verdict === "kept")
    .flatMap(({ sample, criticalPaths }) => {
      const steps = calls.filter((row) => row.sample === sample && row.step !== totalStep);
      return [...Map.groupBy(criticalPaths, ({ call }) => call)].flatMap(([call, paths]) => {
        const rows = steps.filter((row) => row.call === call);
        const isComplete = rows.length > 0 && rows.every(({ isOk }) => isOk);
        return isComplete ? [joinSteps(condition, rows, paths)] : [];
      });
    })
    .toSorted((a, b) => a.totalMs - b.totalMs);
  return known[Math.floor((known.length - 1) / 2)];
}

function joinSteps(
  condition: string,
  rows: readonly CallRow[],
  paths: readonly PathRecord[],
): Chain {
  const byTrace = new Map(paths.map((path) => [path.traceId, path]));
  const steps: Chain["steps"][number][] = [];
  const segments: ChainSegment[] = [];
  let cursorMs = 0;
  for (const { step, latencyMs, traceId, sentAtMs, intendedAtMs } of rows) {
    const sentMs = cursorMs + sentAtMs - intendedAtMs;
    const own = byTrace.get(traceId)?.segments ?? [];
    segments.push(...own.map((segment) => place(segment, sentMs)));
    steps.push({ step, startMs: cursorMs, endMs: cursorMs + latencyMs });
    cursorMs += latencyMs;
  }
  return { condition, totalMs: cursorMs, steps, segments, pathCount: byTrace.size };
}

function place({ function: name, name: span, startMs, durationMs }: PathSegment, sentMs: number) {
  const fromMs = sentMs + startMs;
  const owner = ownerOf(name, span);
  return { function: name, owner, startMs: fromMs, endMs: fromMs + durationMs };
}

function ownerOf(name: string, span: string): PhaseOwner {
  const named = { service: name, name: span };
  if (isActivator(named) || isQueueProxy(named)) return "platform";
  return isBootOrPhase(named) ? "boot" : "work";
}
