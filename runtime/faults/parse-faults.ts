import { ConfigError } from "../environment.ts";
import type { FaultRule, FaultTarget } from "./fault-rule.ts";
import { FaultProblem, parseFault, wrong } from "./parse-fault.ts";

/**
 * Parses the rules of SHOP_FAULTS, which docs/faults.md describes: `TARGET:KIND=VALUE@RATE`, separated by
 * semicolons.
 *
 * @param source the name of the text in errors
 * @throws ConfigError with one line for each malformed rule
 */
export function parseFaults(text: string, source = "SHOP_FAULTS"): readonly FaultRule[] {
  const problems: string[] = [];
  const rules: FaultRule[] = [];
  for (const rule of text.split(";").map((each) => each.trim())) {
    if (rule === "") continue;
    try {
      rules.push(parseRule(rule));
    } catch (error) {
      if (!(error instanceof FaultProblem)) throw error;
      problems.push(`the rule ${JSON.stringify(rule)} of ${source} is wrong: ${error.message}`);
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return rules;
}

// The first colon: no target contains one, and no kind either.
const ruleForm =
  /^(?<target>[^:]*):\s*(?<kind>[^=,@\s]*)\s*(?:[=,](?<value>[^@]*))?(?:@(?<rate>.*))?$/s;

function parseRule(text: string): FaultRule {
  const parts = ruleForm.exec(text)?.groups;
  if (!parts) {
    throw new FaultProblem("expected TARGET:FAULT, such as PaymentService/Charge:latency=2s@0.1");
  }
  const { target: targetText = "", kind = "", value: given = "", rate } = parts;
  const target = parseTarget(targetText.trim());
  const { value, when } = splitMoment(given.trim());
  const fault = parseFault(kind, value, target);
  if (fault.kind === "status" && when === "after" && target.kind === "http") {
    throw new FaultProblem("the status of a page is sent instead of its response: leave out after");
  }
  return {
    text,
    targetText: targetText.trim(),
    target,
    fault,
    when,
    rate: parseRate(rate?.trim()),
  };
}

const targetRule =
  "a method such as PaymentService/Charge or PaymentService/*, a page such as POST /cart/checkout, " +
  "the type of an event such as com.hipstershop.order.placed.v1, or * for all requests to the function";

function parseTarget(text: string): FaultTarget {
  const [, method = "", path = ""] = /^([A-Z]+) +(\/[^\s?]*)$/.exec(text) ?? [];
  if (text === "*") return { kind: "any", pattern: /^/, route: "" };
  if (method !== "") {
    return { kind: "http", pattern: new RegExp(`^${method} ${toPattern(path)}$`), route: path };
  }
  if (/^(?:\w+\.)*\w+\/(?:\w+|\*)$/.test(text)) {
    return { kind: "rpc", pattern: new RegExp(`(?:^|\\.)${toPattern(text)}$`), route: "" };
  }
  if (/^(?:[\w-]+\.)+[\w-]+$/.test(text)) {
    return { kind: "event", pattern: new RegExp(`^${toPattern(text)}$`), route: "" };
  }
  throw wrong("the target", text, targetRule);
}

// `{id}` is one segment of a path, and `*` the rest of a name.
function toPattern(name: string): string {
  return name
    .replaceAll(/[.+^$()|[\]{}\\]/g, "\\$&")
    .replaceAll(/\\\{\w+\\\}/g, "[^/]+")
    .replaceAll("*", ".*");
}

// `before` or `after` is the last part of a value.
function splitMoment(value: string): { value: string; when: "before" | "after" } {
  const [, rest = "", when] = /^(?:(.*),)?\s*(before|after)$/s.exec(value) ?? [];
  return when === undefined
    ? { value, when: "before" }
    : { value: rest.trim(), when: when as "before" | "after" };
}

function parseRate(text: string | undefined): number {
  if (text === undefined) return 1;
  const rate = /^(?:\d+(?:\.\d*)?|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
  if (rate > 0 && rate <= 1) return rate;
  throw wrong("the rate", text, "a number above 0 and at most 1, such as 0.1");
}
