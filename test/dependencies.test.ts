import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { build, type Metafile } from "esbuild";
import { root } from "./fixtures/source-files.ts";

const { dependencies, devDependencies } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
);

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

test("without devDependencies shop --help lists all verbs, and a verb that needs one reports it", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "without-dev-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const hooks = join(folder, "hooks.mjs");
  writeFileSync(hooks, writeHooks(Object.keys(devDependencies)));
  const shop = (...args: string[]) =>
    spawnSync(process.execPath, ["--import", hooks, join(root, "cli/shop.ts"), ...args], {
      encoding: "utf8",
    });
  const help = shop("--help");
  assert.equal(help.status, 0, help.stderr);
  assert.match(help.stdout, /^ {2}up .*\n[\s\S]*^ {2}study .* +Not installed: run npm ci without/m);
  const { status, stderr } = shop("study", "run", "--dry-run");
  assert.match(
    stderr,
    /^shop: this command needs the package \S+: run npm ci without --omit=dev\n$/,
  );
  assert.equal(status, 2);
});

// Node.js does not find a package from the repository's own modules; other packages still do.
function writeHooks(packages: readonly string[]): string {
  return `import { registerHooks } from "node:module";
    const missing = ${JSON.stringify(packages)};
    registerHooks({
      resolve(specifier, context, next) {
        const isOurs = !context.parentURL?.includes("/node_modules/");
        const name = missing.find((each) => specifier === each || specifier.startsWith(each + "/"));
        if (!isOurs || name === undefined) return next(specifier, context);
        const error = new Error("Cannot find package '" + name + "' imported from a test");
        throw Object.assign(error, { code: "ERR_MODULE_NOT_FOUND" });
      },
    });`;
}

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
