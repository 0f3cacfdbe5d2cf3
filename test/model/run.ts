import { parseArgs } from "node:util";
import { checkModel } from "./check-model.ts";

// `npm run model`: checks the model with at least 10,000 random runs. --runs N changes that; --seed and
// --path replay a run that failed.
const { values } = parseArgs({
  options: { runs: { type: "string" }, seed: { type: "string" }, path: { type: "string" } },
});

function toInteger(name: string, text: string): number {
  const number = Number(text);
  if (text !== "" && Number.isInteger(number)) return number;
  throw new Error(`--${name} is ${JSON.stringify(text)}: expected an integer`);
}

const { runs, seed, coverage, failure } = await checkModel({
  runs: toInteger("runs", values.runs ?? "10000"),
  seed: values.seed === undefined ? undefined : toInteger("seed", values.seed),
  path: values.path,
});
process.stdout.write(`${coverage.lines().join("\n")}\n`);
if (failure) {
  const { run, error, path } = failure;
  process.stdout.write(`${error.message}\n\nrun: ${JSON.stringify(run)}\n`);
  process.stdout.write(`replay: npm run model -- --seed ${seed} --path ${path}\n`);
  process.exitCode = 1;
} else process.stdout.write(`no violation in ${runs} runs (seed ${seed})\n`);
