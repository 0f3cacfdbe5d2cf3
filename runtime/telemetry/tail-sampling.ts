import { parseDurationMs } from "../environment.ts";

/** Which requests are traced although the sampler left them out (SHOP_TRACES_KEEP). */
export interface KeepRule {
  /** Milliseconds from which a request is slow; undefined where that is no reason. */
  readonly slowMs: number | undefined;
  /** Requests that failed. */
  readonly error: boolean;
  /** Requests that met a cold start. */
  readonly cold: boolean;
}

/** How the variable is written, for messages. */
export const keepRuleForm = "a list of slow=DURATION, error and cold, such as slow=1s,error,cold";

/** Reads SHOP_TRACES_KEEP; undefined where it is none. */
export function parseKeepRule(text: string): KeepRule | undefined {
  let rule: KeepRule = { slowMs: undefined, error: false, cold: false };
  for (const word of text.split(",").map((part) => part.trim())) {
    const slowMs = word.startsWith("slow=") ? parseDurationMs(word.slice(5)) : undefined;
    if (slowMs !== undefined) rule = { ...rule, slowMs };
    else if (word === "error") rule = { ...rule, error: true };
    else if (word === "cold") rule = { ...rule, cold: true };
    else return undefined;
  }
  return rule;
}
