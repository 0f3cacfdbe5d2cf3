import { parseServerTiming } from "#runtime/server-timing.ts";
import type { AttributionContext } from "../attribution/attribute-call.ts";
import {
  attributeStep,
  type StepAttribution,
  type TracedStep,
} from "../attribution/attribute-step.ts";
import type { PlannedSample } from "../experiment/plan.ts";
import { type CallRow, type FunctionState, totalStep } from "../records/call-row.ts";
import { type PhaseTimes, phaseTimes } from "../records/phases.ts";
import type { ColdStartRecord, PathRecord } from "../records/sample-record.ts";
import type { SentStep } from "../records/sent-step.ts";

/** Critical paths to record: a plot needs few, and each has dozens of segments. */
const maxCriticalPaths = 8;

/**
 * Writes the rows of a sample, one for each step and, for visits, a total for each call; the cold
 * starts of all calls; and the critical paths of the first cold calls.
 */
export function writeRows(
  planned: PlannedSample,
  calls: readonly (readonly SentStep[])[],
  traced: readonly TracedStep[],
  { hasTotal, ...context }: AttributionContext & { readonly hasTotal: boolean },
) {
  const byTrace = new Map(traced.map((each) => [each.step.traceId, attributeStep(each, context)]));
  const rows: CallRow[] = [];
  const coldStarts: ColdStartRecord[] = [];
  const criticalPaths: PathRecord[] = [];
  for (const [call, steps] of calls.entries()) {
    const base = { ...planned, call };
    const own = (steps ?? []).map((sent) => {
      const { step, traceId } = sent;
      const found = byTrace.get(traceId);
      coldStarts.push(...(found?.coldStarts ?? []).map((each) => ({ call, step, ...each })));
      if (found && found.coldStarts.length > 0 && criticalPaths.length < maxCriticalPaths) {
        criticalPaths.push({ call, step, traceId, segments: found.criticalPath });
      }
      return { ...base, ...writeStep(sent, found) };
    });
    rows.push(...own);
    if (hasTotal) rows.push({ ...base, ...sumUp(own) });
  }
  return { rows, coldStarts, criticalPaths };
}

type StepRow = Omit<CallRow, keyof PlannedSample | "call">;

function writeStep(
  { serverTiming, ...sent }: SentStep,
  found: StepAttribution | undefined,
): StepRow {
  const functions: Record<string, FunctionState> = { ...found?.functions };
  for (const { service } of parseServerTiming(serverTiming)) functions[service] = "cold";
  return {
    ...sent,
    isCold: Object.values(functions).includes("cold"),
    functions,
    phases: found?.phases ?? null,
    clockSkewMs: found?.clockSkewMs ?? null,
  };
}

/** The time that a visitor waited for all pages together. */
function sumUp(steps: readonly StepRow[]): StepRow {
  const [first] = steps;
  const failed = steps.find(({ isOk }) => !isOk);
  const all = steps.flatMap((step) => step.phases ?? []);
  const skews = steps.flatMap(({ clockSkewMs }) => clockSkewMs ?? []);
  return {
    step: totalStep,
    intendedAtMs: first?.intendedAtMs ?? 0,
    sentAtMs: first?.sentAtMs ?? 0,
    latencyMs: steps.reduce((sum, { latencyMs }) => sum + latencyMs, 0),
    status: failed?.status ?? "200",
    isOk: failed === undefined && steps.length > 0,
    isCold: steps.some(({ isCold }) => isCold),
    functions: mergeFunctions(steps),
    traceId: "",
    phases: all.length === steps.length ? addPhases(all) : null,
    clockSkewMs: skews.length === 0 ? null : Math.max(...skews),
  };
}

// A function that was cold in one step is cold in the total.
function mergeFunctions(steps: readonly StepRow[]): Record<string, FunctionState> {
  const merged: Record<string, FunctionState> = {};
  for (const { functions } of steps) {
    for (const [name, state] of Object.entries(functions)) {
      if (merged[name] !== "cold") merged[name] = state;
    }
  }
  return merged;
}

function addPhases(all: readonly PhaseTimes[]): PhaseTimes {
  return phaseTimes((phase) => all.reduce((sum, times) => sum + (times[phase] ?? 0), 0));
}
