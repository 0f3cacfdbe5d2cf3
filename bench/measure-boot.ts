import { spreadOf } from "#measure/quantiles.ts";
import { baselineCall, baselineFunction, baselineName } from "./baseline.ts";
import { healthCall, homePage, labelOf, type MeasuredCall, measuredCallOf } from "./calls.ts";
import { echoOf, nextIndex, prepareCall, startAndCall } from "./first-answer.ts";
import { type Floor, floors } from "./floors.ts";
import type { Measuring } from "./options.ts";
import { type ProcessPlan, runProcess, startListening } from "./processes.ts";
import type { Shop } from "./shop.ts";
import { compare } from "./statistics.ts";

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
    subjectOf(manifest.name, measuredCallOf(manifest), shop.planFunction(manifest.name)),
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

/** The part `boot`: times in milliseconds, and ratios of the same round. */
export type BootResult = ReturnType<typeof summarizeBoot>;

function summarizeBoot(measured: {
  readonly nodeMs: readonly number[];
  readonly echo: Subject;
  readonly functions: readonly Subject[];
  readonly baseline: Subject | undefined;
  readonly floorSubjects: readonly FloorSubject[];
}) {
  const { nodeMs, echo, functions, baseline, floorSubjects } = measured;
  const samplesOf = (name: string | undefined) =>
    functions.find((subject) => subject.name === name)?.samplesMs;
  const summarize = ({ name, call, samplesMs }: Subject) => ({
    name,
    call: labelOf(call),
    ms: spreadOf(samplesMs),
    xNode: compare(samplesMs, nodeMs),
    xEcho: compare(samplesMs, echo.samplesMs),
    samplesMs,
  });
  const summarizeFloor = ({ floor, samplesMs, ...subject }: FloorSubject) => {
    const functionMs = samplesOf(floor.functionName);
    return {
      name: subject.name,
      functionName: floor.functionName ?? null,
      ms: spreadOf(samplesMs),
      xNode: compare(samplesMs, nodeMs),
      /** Null if the function was not measured. */
      functionXFloor: functionMs ? compare(functionMs, samplesMs) : null,
      samplesMs,
    };
  };
  const summarizeBaseline = (subject: Subject) => {
    const oursMs = samplesOf(baselineFunction);
    return { ...summarize(subject), xOurs: oursMs ? compare(subject.samplesMs, oursMs) : null };
  };
  const { ms, xNode, samplesMs } = summarize(echo);
  return {
    /** `node -e 0`, from spawn to exit. */
    node: { ms: spreadOf(nodeMs), samplesMs: nodeMs },
    echo: { ms, xNode, samplesMs },
    functions: functions.map(summarize),
    floors: floorSubjects.map(summarizeFloor),
    /** Null if it is not installed. */
    baseline: baseline ? summarizeBaseline(baseline) : null,
  };
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
