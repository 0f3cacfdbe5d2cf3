import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { readManifest } from "#manifest/manifest.ts";
import { ConfigError } from "#runtime/environment.ts";
import { readExperiment } from "#study/experiment/read-experiment.ts";
import { anyFraction, anyText } from "../bytes.ts";
import type { FuzzedShop } from "../shop/fuzzed-shop.ts";
import { defineTarget, type Problem } from "../target.ts";
import { sendRequest } from "./requests.ts";

const root = join(import.meta.dirname, "..", "..", "..");

function readAll(pattern: string): string[] {
  return globSync(pattern, { cwd: root }).map((file) => readFileSync(join(root, file), "utf8"));
}

const tokens = [
  ...[
    "&a",
    "*a",
    "<<: *a",
    "!!js/function x",
    "!!binary x",
    "? a",
    "- - -",
    "---",
    "...",
    "{",
    "[",
    "|",
  ],
  ...[
    "%YAML 3.0",
    ".inf",
    "-.nan",
    "0o7",
    "1e999",
    "~",
    "null",
    "true",
    "\t",
    ":",
    "#",
    "'",
    '"\\x',
    "@",
  ],
  "a: &a [*a, *a]",
];

// A document in which lines are deleted, repeated, indented, and values replaced.
function anyYaml(documents: readonly string[]): fc.Arbitrary<string> {
  const edit = fc.record({
    at: anyFraction,
    how: fc.constantFrom("value", "line", "delete", "repeat", "indent", "key"),
    text: fc.oneof(fc.constantFrom(...tokens), anyText),
  });
  return fc
    .tuple(fc.constantFrom(...documents), fc.array(edit, { maxLength: 5 }))
    .map(([text, edits]) => {
      const lines = text.split("\n");
      for (const { at, how, text: inserted } of edits) {
        const index = Math.floor(at * lines.length);
        const line = lines[index] ?? "";
        if (how === "value")
          lines[index] = line.replace(/(: ?).*$/, (_, colon) => colon + inserted);
        else if (how === "key") lines[index] = line.replace(/[\w-]+(?=:)/, () => inserted);
        else if (how === "line") lines.splice(index, 0, inserted);
        else if (how === "delete") lines.splice(index, 1);
        else if (how === "repeat") lines.splice(index, 0, line);
        else lines[index] = `  ${line}`;
      }
      return lines.join("\n");
    });
}

const limitMs = 2000;

// A text is valid, or the error says what is wrong with it.
function judgeReading(read: () => unknown): Problem | undefined {
  const startMs = performance.now();
  try {
    read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
  }
  const tookMs = performance.now() - startMs;
  if (tookMs <= limitMs) return undefined;
  return { message: `was read in ${Math.round(tookMs)} ms`, isTimely: true };
}

/** Experiments of the study. */
export const experimentsTarget = defineTarget({
  name: "experiments",
  weight: 1,
  input: anyYaml(readAll("study/experiments/*.yaml")),
  found: ["name: *a\n"],
  send: async (text) => judgeReading(() => readExperiment(text, "fuzz.yaml", () => "0\n1.5\n")),
});

const folder = mkdtempSync(join(tmpdir(), "fuzz-manifests-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
mkdirSync(join(folder, "sample"));

/** Manifests of functions: func.yaml. */
export const manifestsTarget = defineTarget({
  name: "manifests",
  weight: 1,
  input: anyYaml(readAll("functions/*/func.yaml")),
  found: ["name: &a [*a]\n"],
  send: async (text) => {
    writeFileSync(join(folder, "sample", "func.yaml"), text);
    return judgeReading(() => readManifest("sample", folder));
  },
});

const anyRule = fc
  .tuple(
    fc.oneof(
      fc.constantFrom(
        "PaymentService/Charge",
        "PaymentService/*",
        "POST /cart",
        "*",
        "com.a.v1",
        "/",
      ),
      anyText,
    ),
    fc.constantFrom(
      "latency",
      "error",
      "hang",
      "crash",
      "cpu",
      "memory",
      "status",
      "drop",
      "x",
      "",
    ),
    fc.oneof(
      fc.constantFrom("=2s", "=UNAVAILABLE", "=503", "=after", "=1e9s", "=-1", "", ",after"),
      anyText,
    ),
    fc.oneof(fc.constantFrom("", "@0.1", "@1", "@0", "@2", "@NaN", "@1e-400"), anyText),
  )
  .map((parts) => `${parts[0]}:${parts.slice(1).join("")}`);

let setting: Promise<Problem | undefined> = Promise.resolve(undefined);

async function setFaults(faults: string, shop: FuzzedShop): Promise<Problem | undefined> {
  const path = "/api/faults/recommendationservice";
  const put = { method: "PUT", path, body: JSON.stringify({ faults }) };
  const problem = await sendRequest(shop, "console", {
    ...{ ...put, headers: [["content-type", "application/json"]] },
  });
  const clear = { method: "DELETE", path, headers: [], body: "" };
  return problem ?? (await sendRequest(shop, "console", clear));
}

/** Rules of SHOP_FAULTS, sent to the local platform for a function that gets no requests. */
export const faultsTarget = defineTarget({
  name: "faults",
  weight: 0.5,
  input: fc.oneof(
    fc.array(anyRule, { maxLength: 3 }).map((rules) => rules.join(";")),
    anyText,
  ),
  send: (faults, shop) => {
    // One after the other, as an operator does.
    setting = setting.then(() => setFaults(faults, shop));
    return setting;
  },
});
