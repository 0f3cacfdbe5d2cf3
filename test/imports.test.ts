import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { isTest, root, sourceFiles } from "./fixtures/source-files.ts";

// Which folder may import which others; every folder may import itself.
const allowed: Record<string, readonly string[]> = {
  protos: [],
  runtime: ["protos"],
  functions: ["protos", "runtime"],
  manifest: ["runtime"],
  measure: [],
  traces: ["measure"],
  backends: ["measure", "traces", "manifest", "runtime"],
  bundle: ["manifest"],
  local: ["protos", "runtime", "manifest", "measure", "traces", "bundle"],
  monolith: ["runtime", "manifest", "bundle", "local"],
  load: ["protos", "measure", "runtime"],
  bench: ["protos", "runtime", "manifest", "measure", "traces", "bundle", "local", "load"],
  knative: [
    ...["protos", "runtime", "manifest", "measure", "traces", "backends", "bundle", "load"],
    "monolith",
  ],
  observability: ["runtime", "manifest"],
  study: [
    ...["protos", "runtime", "manifest", "measure", "traces", "backends", "bundle", "local"],
    ...["load", "knative"],
  ],
  cli: [
    ...["protos", "runtime", "manifest", "measure", "traces", "backends", "bundle", "local"],
    ...["load", "bench", "knative", "observability", "study"],
  ],
};

test("each import follows the layout", () => {
  const wrong: string[] = [];
  for (const file of sourceFiles()) {
    const from = file.split("/")[0] ?? "";
    for (const target of importsOf(file)) {
      const to = target.split("/")[0] ?? "";
      if (from === "test") continue;
      if (to === "package.json") continue;
      if (from === to && (from !== "functions" || sameFunction(file, target))) continue;
      // A test may use the wire contract to call the code under test.
      if (file.endsWith(".test.ts") && to === "protos") continue;
      if (from !== to && allowed[from]?.includes(to)) continue;
      wrong.push(`${file} imports ${target}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test("every folder with code is in the table", () => {
  const folders = new Set(sourceFiles().map((file) => file.split("/")[0] ?? ""));
  folders.delete("test");
  assert.deepEqual([...folders].sort(), Object.keys(allowed).sort());
});

test("no folder and no file is part of an import cycle", () => {
  const edges = new Map<string, Set<string>>();
  // Tests and their fixtures may import folders that depend on theirs.
  for (const file of sourceFiles().filter((each) => !isTest(each))) {
    for (const target of importsOf(file)) addEdge(edges, file, target);
  }
  const cycles = [...edges.keys()].filter((node) => reach(edges, node).has(node));
  assert.deepEqual(cycles.sort(), []);
});

test("the program of each container handles signals before it loads other modules", () => {
  const programs = sourceFiles().filter((file) => /^functions\/\w+\/index\.ts$/.test(file));
  for (const file of [...programs, "monolith/program.ts"]) {
    const [first] = readFileSync(join(root, file), "utf8").match(/^import .*$/m) ?? [];
    assert.match(first ?? "", /"#runtime\/signals\.ts";$/, file);
  }
});

test("only a program's configuration reads the environment", () => {
  const readers = sourceFiles().filter(
    (file) =>
      !/\.test\.ts$|\/fixtures\//.test(file) &&
      !file.startsWith("test/") &&
      /\bprocess\.env\b/.test(readFileSync(join(root, file), "utf8")),
  );
  assert.deepEqual(readers.sort(), expectedEnvironmentReaders);
});

// These pass the environment to the function that reads it or to a process that they start; the SDK
// reads two of its settings only from there, and a peer of the bench has one setting.
const expectedEnvironmentReaders = [
  "bench/checkout.ts",
  "bench/first-page.ts",
  "bench/peers/report-ready.ts",
  "knative/images/warm-up/running-program.ts",
  "knative/registry/registry.ts",
  "local/platform.ts",
  "monolith/program.ts",
  "protos/buf.ts",
  "runtime/start.ts",
  "runtime/tracing-sdk.ts",
];

const importLine =
  /(?:^|\n)\s*(?:import|export)\s[^;]*?from\s+"([^"]+)"|import\(\s*"([^"]+)"\s*\)/g;

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(importLine)].flatMap(([, statement, dynamic]) => {
    const specifier = statement ?? dynamic ?? "";
    if (specifier.startsWith("#")) return [specifier.slice(1)];
    if (specifier.startsWith(".")) return [relative(root, join(root, dirname(file), specifier))];
    return [];
  });
}

// An import connects the two children of the deepest folder that contains both files: two files, two
// folders, or one of each.
function addEdge(edges: Map<string, Set<string>>, file: string, target: string): void {
  const from = file.split("/");
  const to = target.split("/");
  let depth = 0;
  while (from[depth] === to[depth]) depth++;
  const node = from.slice(0, depth + 1).join("/");
  const targets = edges.get(node) ?? new Set();
  edges.set(node, targets.add(to.slice(0, depth + 1).join("/")));
}

function reach(edges: ReadonlyMap<string, ReadonlySet<string>>, start: string): Set<string> {
  const reached = new Set<string>();
  const open = [start];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const next of edges.get(node) ?? []) {
      if (!reached.has(next)) open.push(next);
      reached.add(next);
    }
  }
  return reached;
}

function sameFunction(file: string, target: string): boolean {
  return file.split("/")[1] === target.split("/")[1];
}
