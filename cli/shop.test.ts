import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { pathToFileURL } from "node:url";

const program = join(import.meta.dirname, "shop.ts");
const rootUrl = `${pathToFileURL(join(import.meta.dirname, ".."))}/`;

const verbs =
  "up load bench build images deploy status undeploy release fault kn func trace graph logs orders study";

test("shop --help lists each verb with its description", () => {
  const help = execFileSync(process.execPath, [program, "--help"], { encoding: "utf8" });
  const listed = [...help.matchAll(/^ {2}(\w+) .*? {2,}\S/gm)].map(([, verb]) => verb);
  assert.deepEqual(
    listed.filter((verb) => verb !== "help"),
    verbs.split(" "),
  );
});

test("suggests the most similar verb for an unknown one, in one line", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, "stauts"], {
    encoding: "utf8",
  });
  assert.match(stderr, /^error: unknown command 'stauts'\s\(Did you mean status\?\)\n$/);
  assert.deepEqual({ status, stdout }, { status: 2, stdout: "" });
});

for (const [verb, folders, packages] of [
  [
    "up",
    ["backends", "bundle", "cli", "local", "manifest", "measure", "runtime", "traces"],
    ["commander", "yaml"],
  ],
  [
    "status",
    ["backends", "bundle", "cli", "knative", "manifest", "measure", "runtime", "traces"],
    ["commander", "yaml"],
  ],
] as const) {
  test(`shop ${verb} loads no module of another verb`, (t) => {
    const loaded = modulesLoadedBy(t, [verb, "--help"]);
    const foldersLoaded = new Set(loaded.map((path) => path.split("/")[0] ?? ""));
    foldersLoaded.delete("node_modules");
    const packagesLoaded = new Set(
      loaded.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []),
    );
    assert.deepEqual(
      [...foldersLoaded].filter((name) => !(folders as readonly string[]).includes(name)),
      [],
    );
    assert.deepEqual(
      [...packagesLoaded].filter((name) => !(packages as readonly string[]).includes(name)),
      [],
    );
  });
}

// V8 reports the coverage of each script that it has compiled.
function modulesLoadedBy(t: TestContext, args: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), "shop-modules-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  execFileSync(process.execPath, [program, ...args], {
    env: { ...process.env, NODE_V8_COVERAGE: folder },
  });
  return readdirSync(folder).flatMap((file) => {
    const { result } = JSON.parse(readFileSync(join(folder, file), "utf8")) as {
      result: { url: string }[];
    };
    return result.flatMap(({ url }) => (url.startsWith(rootUrl) ? url.slice(rootUrl.length) : []));
  });
}
