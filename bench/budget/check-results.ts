import { readFileSync } from "node:fs";
import type { LoadResult } from "#load/run.ts";
import { ConfigError } from "#runtime/environment.ts";
import { type BenchResult, benchFormat } from "../run.ts";
import { readBudget } from "./budget.ts";
import { checkBudget, type Figure, type Verdict } from "./check-budget.ts";
import { figuresOf, figuresOfLoad } from "./figures.ts";

/** Checks a result of this run. */
export function checkResult(result: BenchResult): Verdict[] {
  return checkBudget(readBudget(), figuresOf(result));
}

/**
 * Checks results that were written before, by `npm run bench -- --json` or by `shop load --out`, together.
 *
 * @throws ConfigError if a file is neither
 */
export function checkFiles(files: readonly string[]): Verdict[] {
  return checkBudget(readBudget(), files.flatMap(readFigures));
}

function readFigures(file: string): Figure[] {
  const result = readJson(file);
  if (result?.format === benchFormat) return figuresOf(result as BenchResult);
  if (result?.format === "hipster-shop-load/1") return figuresOfLoad(result as LoadResult);
  const rule = `expected a result of npm run bench -- --json (${benchFormat}) or of shop load --out`;
  throw new ConfigError([`--budget is ${JSON.stringify(file)}: ${rule}`]);
}

function readJson(file: string): BenchResult | LoadResult | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
