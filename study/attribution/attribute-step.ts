import { findCriticalPath } from "#traces/critical-path.ts";
import type { TraceSpan } from "#traces/span.ts";
import type { CallRow, FunctionState } from "../records/call-row.ts";
import type { PhaseTimes } from "../records/phases.ts";
import type { ColdStartRecord, PathSegment } from "../records/sample-record.ts";
import type { SentStep } from "../records/sent-step.ts";
import { type AttributionContext, attributeCall } from "./attribute-call.ts";
import { type Boot, type FunctionCall, findFunctionCalls } from "./function-call.ts";

/** The attribution of one request's trace. */
export interface StepAttribution {
  /** The phases of the whole request. */
  readonly phases: PhaseTimes;
  /** Milliseconds by which spans lie outside the client's wait. */
  readonly clockSkewMs: number;
  /** The functions that took part, cold or warm. */
  readonly functions: CallRow["functions"];
  /** One for each function that the request met cold. */
  readonly coldStarts: readonly Omit<ColdStartRecord, "call" | "step">[];
  /** In the order of time. */
  readonly criticalPath: readonly PathSegment[];
}

/** A request with its spans and the calls that they describe. */
export interface TracedStep {
  /** The request. */
  readonly step: SentStep;
  /** All spans of its trace. */
  readonly spans: readonly TraceSpan[];
  /** The client's call first. */
  readonly calls: readonly FunctionCall[];
}

/** Reads the trace of a request. */
export function readTrace(step: SentStep, spans: readonly TraceSpan[]): TracedStep {
  return { step, spans, calls: findFunctionCalls(spans) };
}

/** All boots that some traces contain. */
export function findBoots(traced: readonly TracedStep[]): Boot[] {
  return traced.flatMap(({ calls }) => calls.flatMap(({ boot }) => boot ?? []));
}

/** Attributes a request: its own time, and that of each function that it met cold. */
export function attributeStep(
  { step, spans, calls }: TracedStep,
  context: AttributionContext,
): StepAttribution | undefined {
  const [first] = calls;
  if (first === undefined || first.caller !== undefined) return undefined;
  const endMs = step.intendedAtMs + step.latencyMs;
  const client = { startMs: step.intendedAtMs, endMs };
  const whole = attributeCall(first, client, context);
  const functions: Record<string, FunctionState> = {};
  const coldStarts: Omit<ColdStartRecord, "call" | "step">[] = [];
  for (const call of calls) {
    // Most brokers accept an event and deliver it later: no caller waits for that. Knative's in-memory
    // channel delivers first.
    if (call.caller && call.served.startMs >= call.caller.endMs) continue;
    const waited = call.caller ?? client;
    const { phases, isCold } = call === first ? whole : attributeCall(call, waited, context);
    functions[call.function] ??= isCold ? "cold" : "warm";
    if (!isCold) continue;
    coldStarts.push({ function: call.function, waitMs: waited.endMs - waited.startMs, phases });
  }
  const { phases, clockSkewMs } = whole;
  return { phases, clockSkewMs, functions, coldStarts, criticalPath: describePath(spans, step) };
}

function describePath(spans: readonly TraceSpan[], { sentAtMs }: SentStep): PathSegment[] {
  return findCriticalPath(spans).map(({ span, startUs, endUs }) => ({
    function: span.service,
    name: span.name,
    startMs: round(startUs / 1000 - sentAtMs),
    durationMs: round((endUs - startUs) / 1000),
  }));
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
