import * as fc from "fast-check";
import { configureLog } from "#runtime/log.ts";
import { Coverage } from "./coverage.ts";
import type { Mutation } from "./mutations.ts";
import { InvariantViolation, runModel } from "./run-model.ts";
import { anyRun, type Run } from "./steps.ts";

/** How much is checked. */
export interface CheckOptions {
  /** The number of runs. */
  readonly runs: number;
  /** Milliseconds after which no further run starts; not limited by default. */
  readonly timeMs?: number;
  /** Replays the runs of an earlier check; random by default. */
  readonly seed?: number | undefined;
  /** Replays one run of that seed. */
  readonly path?: string | undefined;
  /** The defect to build in; none by default. */
  readonly mutation?: Mutation;
  /** Runs that precede the random ones. */
  readonly examples?: readonly Run[];
  /** Whether a run that fails is shortened, which takes many runs; true by default. */
  readonly isShortened?: boolean;
}

/** What was found. */
export interface CheckResult {
  /** How many runs there were. */
  readonly runs: number;
  /** The seed of the runs. */
  readonly seed: number;
  /** What the runs reached. */
  readonly coverage: Coverage;
  /** The shortest run that violates an invariant; undefined if none was found. */
  readonly failure: Failure | undefined;
}

/** A run that violates an invariant. */
export interface Failure {
  /** The run. */
  readonly run: Run;
  /** The violated invariants, and each step. */
  readonly error: InvariantViolation;
  /** The path of the run, which replays it together with the seed. */
  readonly path: string;
}

/** Runs the model with random runs, and shortens the first one that violates an invariant. */
export async function checkModel(options: CheckOptions): Promise<CheckResult> {
  const { runs, timeMs, seed, path, mutation, examples = [], isShortened = true } = options;
  configureLog({ write: () => undefined });
  const coverage = new Coverage();
  const built = mutation && { mutation };
  const property = fc.asyncProperty(anyRun, (run) => runModel(run, { coverage, ...built }));
  const details = await fc.check(property, {
    numRuns: runs,
    examples: examples.map((run): [Run] => [run]),
    endOnFailure: !isShortened,
    ...(timeMs !== undefined && { interruptAfterTimeLimit: timeMs }),
    ...(seed !== undefined && { seed }),
    ...(path !== undefined && { path }),
  });
  const run = details.counterexample?.[0];
  const failure = run && {
    run,
    error: await explain(run, built ?? {}),
    path: details.counterexamplePath ?? "",
  };
  return { runs: details.numRuns, seed: details.seed, coverage, failure };
}

async function explain(run: Run, built: { mutation?: Mutation }): Promise<InvariantViolation> {
  try {
    await runModel(run, { ...built, isTraced: true });
  } catch (error) {
    if (error instanceof InvariantViolation) return error;
    throw error;
  }
  throw new Error(
    "the run violates no invariant when it is repeated: the model is not deterministic",
  );
}
