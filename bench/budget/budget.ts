import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "#runtime/environment.ts";

/** The limits of the bench's figures. */
export interface Budget {
  /** The commits that ratios refer to, by name: full hashes. */
  readonly references: Readonly<Record<string, string>>;
  /** The limits. */
  readonly figures: readonly Limit[];
}

/** The limit of one figure, or of all that its name matches. */
export interface Limit {
  /** Its name, such as `pages/home/perSecond`; `*` matches any text without `/`. */
  readonly figure: string;
  /** The name of the commit that a ratio refers to; undefined for a figure of this checkout alone. */
  readonly reference?: string;
  /** The lowest value that is allowed. */
  readonly min?: number;
  /** The highest value that is allowed. */
  readonly max?: number;
  /** Whether this is a target that has not been reached yet: the report names it, but the check does not fail. */
  readonly isTarget?: boolean;
  /** The command that measures it, if `--compare` does not. */
  readonly command?: string;
}

const file = join(import.meta.dirname, "budget.json");

/**
 * Reads the budget.
 *
 * @param text the budget as JSON; by default that of `budget.json`
 * @throws ConfigError that names each wrong limit
 */
export function readBudget(text = readFileSync(file, "utf8")): Budget {
  const { references, figures } = JSON.parse(text) as Partial<Budget>;
  if (!references || !Array.isArray(figures)) {
    throw new ConfigError(["budget.json: expected an object with references and figures"]);
  }
  const problems = [
    ...Object.entries(references)
      .filter(([, commit]) => !/^[0-9a-f]{40}$/.test(commit))
      .map(([name]) => `budget.json: reference ${name}: expected the full hash of a commit`),
    ...figures.flatMap((limit) => checkLimit(limit, references)),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
  return { references, figures };
}

const keys = ["figure", "reference", "min", "max", "isTarget", "command"];

function checkLimit(limit: Limit, references: Budget["references"]): string[] {
  const { figure, reference, min, max, isTarget = true } = limit;
  const problem = (rule: string) => [`budget.json: ${JSON.stringify(limit)}: expected ${rule}`];
  if (typeof figure !== "string" || figure === "") return problem("the name of a figure");
  const unknown = Object.keys(limit).find((key) => !keys.includes(key));
  if (unknown !== undefined) return problem(`no ${unknown}`);
  if ((min === undefined) === (max === undefined)) return problem("either min or max");
  if (!Number.isFinite(min ?? max)) return problem("a number");
  if (isTarget !== true) return problem("isTarget to be true or missing");
  if (reference !== undefined && !Object.hasOwn(references, reference)) {
    return problem(`one of the references ${Object.keys(references).join(", ")}`);
  }
  return [];
}
