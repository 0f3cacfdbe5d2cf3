import { spreadOf } from "#measure/quantiles.ts";
import { baselineCall, baselineFunction, baselineName } from "./baseline.ts";
import type { BaselineBoot, BootOf, BootResult, FloorOf } from "./boot-result.ts";
import { healthCall, homePage, labelOf, type MeasuredCall, measuredCallOf } from "./calls.ts";
import { echoOf, nextIndex, prepareCall, startAndCall } from "./first-answer.ts";
import { type Floor, floors } from "./floors.ts";
import { type ProcessPlan, runProcess, startListening } from "./processes.ts";
import type { Measuring } from "./result.ts";
import type { Shop } from "./shop.ts";
import { ratiosOf } from "./statistics.ts";

interface Subject {
  readonly name: string;
  readonly call: MeasuredCall;
  readonly plan: ProcessPlan;
  readonly samplesMs: number[];
}

interface FloorSubject extends Subject {
  readonly floor: Floor;
}

/**
 * Spawn to first answered call, and spawn to exit of `node -e 0`. In each round everything is
 * started once, one after the other, while the functions that they call run.
 */
export async function measureBoot(shop: Shop, measuring: Measuring): Promise<BootResult> {
  const { manifests, rounds, onProgress } = measuring;
  const functions = manifests.map((manifest) =>
    subjectOf(manifest.name, measuredCallOf(manifest), shop.planFunction(manifest)),
  );
  const echo = subjectOf("echo", echoOf(healthCall), shop.planPeer("echo"));
  const baseline = shop.baselinePlan
    ? [subjectOf(baselineName, baselineCall, shop.baselinePlan)]
    : [];
  const floorSubjects = floors
    .filter(({ functionName }) => !functionName || functions.some((f) => f.name === functionName))
    .map((floor): FloorSubject => {
      const call = floor.peer === "hono" ? homePage : echo.call;
      return { ...subjectOf(floor.name, call, shop.planFloor(floor)), floor };
    });
  const nodeMs: number[] = [];
  // Round 0 fills the compile caches.
  for (let round = 0; round <= rounds; round++) {
    onProgress(`spawn to first answer, round ${round} of ${rounds}`);
    const keep = (samples: number[], ms: number) => round > 0 && samples.push(ms);
    keep(nodeMs, await timeNode());
    for (const { call, plan, samplesMs } of [echo, ...floorSubjects, ...baseline, ...functions]) {
      keep(samplesMs, await timeFirstAnswer(shop, plan, call));
    }
  }
  return summarizeBoot({ nodeMs, echo, functions, baseline: baseline[0], floorSubjects });
}

function subjectOf(name: string, call: MeasuredCall, plan: ProcessPlan): Subject {
  return { name, call, plan, samplesMs: [] };
}

function summarizeBoot(measured: {
  readonly nodeMs: readonly number[];
  readonly echo: Subject;
  readonly functions: readonly Subject[];
  readonly baseline: Subject | undefined;
  readonly floorSubjects: readonly FloorSubject[];
}): BootResult {
  const { nodeMs, echo, functions, baseline, floorSubjects } = measured;
  const samplesOf = (name: string | undefined) =>
    functions.find((subject) => subject.name === name)?.samplesMs;
  const summarize = ({ name, call, samplesMs }: Subject) => ({
    name,
    call: labelOf(call),
    ms: spreadOf(samplesMs),
    xNode: spreadOf(ratiosOf(samplesMs, nodeMs)),
    xEcho: spreadOf(ratiosOf(samplesMs, echo.samplesMs)),
    samplesMs,
  });
  const { ms, xNode, samplesMs } = summarize(echo);
  return {
    node: { ms: spreadOf(nodeMs), samplesMs: nodeMs },
    echo: { ms, xNode, samplesMs },
    functions: functions.map(summarize),
    floors: floorSubjects.map((subject) =>
      summarizeFloor(subject, samplesOf(subject.floor.functionName), nodeMs),
    ),
    baseline: baseline ? summarizeBaseline(summarize(baseline), samplesOf(baselineFunction)) : null,
  };
}

function summarizeFloor(
  { name, floor, samplesMs }: FloorSubject,
  functionMs: readonly number[] | undefined,
  nodeMs: readonly number[],
): FloorOf {
  return {
    name,
    functionName: floor.functionName ?? null,
    ms: spreadOf(samplesMs),
    xNode: spreadOf(ratiosOf(samplesMs, nodeMs)),
    functionXFloor: functionMs ? spreadOf(ratiosOf(functionMs, samplesMs)) : null,
    samplesMs,
  };
}

function summarizeBaseline(baseline: BootOf, oursMs: readonly number[] | undefined): BaselineBoot {
  const xOurs = oursMs ? spreadOf(ratiosOf(baseline.samplesMs, oursMs)) : null;
  return { ...baseline, xOurs };
}

async function timeNode(): Promise<number> {
  const startMs = performance.now();
  await runProcess(["-e", "0"]);
  return performance.now() - startMs;
}

/** Milliseconds from the spawn of a process to its first answered call. */
export async function timeFirstAnswer(
  shop: Shop,
  plan: ProcessPlan,
  call: MeasuredCall,
): Promise<number> {
  const index = nextIndex();
  await prepareCall(call, index, shop);
  const startMs = performance.now();
  const running = await startAndCall(plan, call, index, startListening);
  const ms = performance.now() - startMs;
  await running.stop();
  return ms;
}
