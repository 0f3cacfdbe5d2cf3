import { readMethod } from "#load/methods.ts";
import { monolithName } from "#manifest/manifest.ts";
import type { Condition } from "./experiment.ts";

/** The name of the function that a condition's calls meet first, in the condition's deployment. */
export function entryFunctionOf({
  entry,
  deployment,
}: Pick<Condition, "entry" | "deployment">): string {
  if (deployment === "monolith") return monolithName;
  if (deployment === "floor") return floorFunction;
  if (entry.kind !== "rpc") return "frontend";
  const method = readMethod(entry.method);
  if (typeof method === "string") throw new Error(method);
  return deployment === "baseline" ? `${method.functionName}-baseline` : method.functionName;
}

/** The name of the smallest server. */
export const floorFunction = "study-floor";
