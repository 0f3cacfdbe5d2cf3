import { test } from "node:test";
import { configureLog } from "#runtime/log.ts";
import { counterexamples } from "./counterexamples.ts";
import { runModel } from "./run-model.ts";

configureLog({ write: () => undefined });

for (const [rule, run] of Object.entries(counterexamples)) {
  test(rule, () => runModel(run, { isTraced: true }));
}
