import { readMethod } from "#load/methods.ts";
import type { Mistake } from "./describe-error.ts";
import { mergeSettings, type RawExperiment, type RawSettings } from "./resolve-experiment.ts";

/**
 * Checks rules that a schema cannot express: references to names, and settings that contradict each
 * other.
 */
export function checkExperiment(raw: RawExperiment): Mistake[] {
  const names = raw.conditions.map(({ name }) => name);
  const mistakes: Mistake[] = [];
  if (raw.reference !== undefined && !names.includes(raw.reference)) {
    const message = `reference is ${JSON.stringify(raw.reference)}: expected one of ${names.join(", ")}`;
    mistakes.push({ path: ["reference"], what: "value", message });
  }
  mistakes.push(...checkEntry(raw, []));
  for (const [index, own] of raw.conditions.entries()) {
    const path = ["conditions", `${index}`];
    if (names.indexOf(own.name) !== index) {
      const message = `name is ${JSON.stringify(own.name)}: another condition has it`;
      mistakes.push({ path: [...path, "name"], what: "value", message });
    }
    mistakes.push(...checkEntry(own, path), ...checkTogether(mergeSettings(raw, own), path));
  }
  return mistakes;
}

function checkEntry({ entry }: RawSettings, path: readonly string[]): Mistake[] {
  if (entry?.kind !== "rpc") return [];
  const at = [...path, "entry"];
  const method = readMethod(entry.method);
  if (typeof method === "string")
    return [{ path: [...at, "method"], what: "value", message: method }];
  return Object.keys(entry.request ?? {})
    .filter((field) => !method.fields.includes(field))
    .map((field) => ({
      path: [...at, "request", field],
      what: "key",
      message: `${field} is not a field of the request: expected one of ${method.fields.join(", ") || "none"}`,
    }));
}

function checkTogether(settings: RawSettings, path: readonly string[]): Mistake[] {
  const { policy = {}, from = "zero", observe, entry, deployment = "ten" } = settings;
  const mistakes: Mistake[] = [];
  const add = (message: string) => mistakes.push({ path, what: "value", message });
  if (entry === undefined) add("entry is missing, both here and for all conditions");
  if ((policy.minScale ?? 0) > 0) {
    if (from === "zero") add("minScale keeps instances, so it requires from: warm");
    if (observe === undefined)
      add("with minScale the shop never reaches zero, so it requires observe");
  }
  if (deployment === "baseline" && entry && entry.kind !== "rpc") {
    add("deployment baseline is one function, so it requires an entry of kind rpc");
  }
  if (deployment === "monolith" && entry?.kind === "rpc") {
    add("deployment monolith serves only pages, so its entry cannot be an rpc");
  }
  return mistakes;
}
