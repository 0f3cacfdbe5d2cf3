import { parseArgs } from "node:util";
import { fuzz } from "./fuzz.ts";
import { targets } from "./targets.ts";

// `npm run fuzz`: sends a million inputs to a running shop. --inputs N changes that, --target NAME sends
// those of one target only; --seed and --path replay a batch that failed.
const { values } = parseArgs({
  options: {
    inputs: { type: "string" },
    target: { type: "string" },
    seed: { type: "string" },
    path: { type: "string" },
  },
});

function toInteger(name: string, text: string): number {
  const number = Number(text);
  if (text !== "" && Number.isInteger(number)) return number;
  throw new Error(`--${name} is ${JSON.stringify(text)}: expected an integer`);
}

const chosen = targets.filter(({ name }) => name === (values.target ?? name));
if (chosen.length === 0) {
  const names = targets.map(({ name }) => name).join(", ");
  throw new Error(`--target is ${JSON.stringify(values.target)}: expected one of ${names}`);
}
const { failures } = await fuzz(chosen, {
  inputs: toInteger("inputs", values.inputs ?? "1000000"),
  seed: values.seed === undefined ? Date.now() % 2 ** 31 : toInteger("seed", values.seed),
  path: values.path,
  concurrency: 32,
  answerLimitMs: 60_000,
  shrinkMs: 120_000,
  print: (line) => process.stdout.write(`${line}\n`),
});
process.exitCode = failures.length > 0 ? 1 : 0;
