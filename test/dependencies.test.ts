import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { build, type Metafile } from "esbuild";
import { root } from "./fixtures/source-files.ts";

const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

test("dependencies are the packages of `npm start`, of the functions and of their build", async () => {
  const entries = [
    "cli/up.ts",
    // `up` runs it as a process; esbuild bundles the console's page.
    "cli/build.ts",
    "local/console/page/page.ts",
    "monolith/program.ts",
    ...globSync("functions/*/index.ts", { cwd: root }),
  ];
  const metafile = await findImports([...entries, "cli/shop.ts"]);
  const packages = packagesOf(metafile, entries, () => true);
  for (const name of packagesOf(metafile, ["cli/shop.ts"], isStatic)) packages.add(name);
  assert.deepEqual([...packages].sort(), Object.keys(dependencies).sort());
});

test("shop --help, which loads all verbs, needs no other package", async () => {
  const metafile = await findImports(["cli/shop.ts"]);
  const verbs = (metafile.inputs["cli/shop.ts"]?.imports ?? []).map(({ path }) => path);
  const packages = packagesOf(
    metafile,
    verbs.filter((path) => path in metafile.inputs),
    isStatic,
  );
  assert.deepEqual(
    [...packages].filter((name) => !Object.hasOwn(dependencies, name)),
    [],
  );
});

type Import = Metafile["inputs"][string]["imports"][number];

const isStatic = ({ kind }: Import) => kind !== "dynamic-import";

async function findImports(entryPoints: readonly string[]): Promise<Metafile> {
  const { metafile } = await build({
    entryPoints: [...entryPoints],
    absWorkingDir: root,
    outdir: join(root, "dist"),
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    format: "esm",
    packages: "external",
    logLevel: "error",
  });
  return metafile;
}

function packagesOf(
  { inputs }: Metafile,
  entries: readonly string[],
  follows: (each: Import) => boolean,
): Set<string> {
  const packages = new Set<string>();
  const visited = new Set<string>();
  const visit = (file: string) => {
    if (visited.has(file)) return;
    visited.add(file);
    for (const each of inputs[file]?.imports.filter(follows) ?? []) {
      if (!each.external) visit(each.path);
      else if (!each.path.startsWith("node:")) {
        packages.add(/^(?:@[^/]+\/)?[^/]+/.exec(each.path)?.[0] ?? "");
      }
    }
  };
  for (const entry of entries) visit(entry);
  return packages;
}
