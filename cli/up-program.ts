import { isFresh } from "../bundle/freshness.ts";
import { runVerbs } from "./run-verbs.ts";
import { upCommand } from "./up.ts";
import { upBundle } from "./up-bundle.ts";

/** Runs `shop up` from this program's bundle; returns false, and runs nothing, if the bundle is stale. */
export async function runUp(): Promise<boolean> {
  if (!isFresh(upBundle)) return false;
  await runVerbs({ up: async () => upCommand() });
  return true;
}
