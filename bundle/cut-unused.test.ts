import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { build } from "esbuild";
import { type CutRule, createCutUnused, cutRules } from "./cut-unused.ts";

const root = join(import.meta.dirname, "..");

async function bundle(source: string, rules: readonly CutRule[]): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: root },
    bundle: true,
    platform: "node",
    write: false,
    metafile: true,
    logLevel: "silent",
    plugins: [createCutUnused(rules)],
  });
  return outputFiles[0]?.text ?? "";
}

const useCluster = 'import { AggregatorRegistry } from "prom-client"; new AggregatorRegistry();';
const cluster: CutRule = {
  package: "prom-client",
  file: "index.js",
  modules: ["./lib/cluster"],
  action: "cut",
};

test("cuts a module out of the bundle; its use throws an error with its name", async () => {
  const text = await bundle(useCluster, [cluster]);
  assert.doesNotMatch(text, /class AggregatorRegistry/);
  assert.throws(() => new Function("require", text)(require), {
    message: "./lib/cluster is not in this bundle",
  });
});

test("fails the build if the module of a rule is not imported", async () => {
  const rule = { ...cluster, modules: ["./lib/cluster", "./lib/gone"] };
  await assert.rejects(
    bundle(useCluster, [rule]),
    /index\.js of the package prom-client does not import \.\/lib\/gone: update the rule/,
  );
});

test("ignores the rules of packages that are not in the bundle", async () => {
  await bundle("console.log(1)", cutRules);
});

test("each package with a rule has an exact version, from package.json or a package pinned there", () => {
  const pinned = exactVersions(root);
  for (const name of [...pinned]) {
    for (const each of exactVersions(join(root, "node_modules", name))) pinned.add(each);
  }
  for (const { package: name } of cutRules) assert.ok(pinned.has(name), name);
});

function exactVersions(folder: string): Set<string> {
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const names = Object.keys(dependencies);
  return new Set(names.filter((name) => /^\d+\.\d+\.\d+$/.test(dependencies[name])));
}

function require(name: string): unknown {
  return process.getBuiltinModule(name);
}
