import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { type TestContext, test } from "node:test";
import { bundleFunctions, findPrograms, listBundled } from "./bundle-functions.ts";
import { recordBundle, recordPathOf } from "./freshness.ts";

// A folder with one bundled function, inside the repository, because bundles outside of it are not recorded.
async function bundleSample(t: TestContext) {
  const dist = join(import.meta.dirname, "dist");
  mkdirSync(dist, { recursive: true });
  const functions = mkdtempSync(join(dist, "test-"));
  const folder = join(functions, "sample");
  const bundle = join(folder, "dist", "index.cjs");
  t.after(() => {
    rmSync(functions, { recursive: true });
    rmSync(recordPathOf(bundle), { force: true });
  });
  mkdirSync(join(folder, "static"), { recursive: true });
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    // A modification time in the past: a bundle is not recorded if an input changes during the build.
    const before = new Date(Date.now() - 60_000);
    utimesSync(join(folder, name), before, before);
  };
  write("func.yaml", "name: sample\n");
  write("index.ts", 'import { value } from "./value.ts";\nconsole.log(value);\n');
  write("value.ts", "export const value: number = 41;\n");
  write("static/page.css", "p {}\n");
  await bundleFunctions(functions);
  const kind = () => findPrograms([folder])[0]?.kind;
  return { functions, folder, bundle, write, kind };
}

function digest(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

test("runs a bundle that is up to date and does not build it again", async (t) => {
  const { functions, folder, bundle, write } = await bundleSample(t);
  const starter = join(dirname(bundle), "start.cjs");
  assert.deepEqual(findPrograms([folder]), [
    { name: "sample", path: starter, kind: "bundle", sha256: digest(bundle) },
  ]);
  const { mtimeMs } = statSync(bundle);
  // Another modification time with the same content, as after git switches branches.
  write("value.ts", "export const value: number = 41;\n");
  await bundleFunctions(functions);
  assert.equal(statSync(bundle).mtimeMs, mtimeMs);
});

test("runs the source if its bundle is stale, and builds the bundle again", async (t) => {
  const { functions, folder, bundle, write, kind } = await bundleSample(t);
  write("value.ts", "export const value: number = 42;\n");
  assert.deepEqual(findPrograms([folder]), [
    {
      name: "sample",
      path: join(folder, "index.ts"),
      kind: "source",
      sha256: digest(join(folder, "index.ts")),
    },
  ]);
  await bundleFunctions(functions);
  assert.equal(kind(), "bundle");
  assert.match(readFileSync(bundle, "utf8"), /42/);
});

test("runs the bundle if the source is missing, as in an image", async (t) => {
  const { folder, kind } = await bundleSample(t);
  rmSync(join(folder, "index.ts"));
  assert.equal(kind(), "bundle");
});

test("a source with another content is stale, although its size and modification time are the same", async (t) => {
  const { folder, kind } = await bundleSample(t);
  const path = join(folder, "value.ts");
  const { atime, mtime, mtimeMs, size } = statSync(path);
  writeFileSync(path, "export const value: number = 43;\n");
  utimesSync(path, atime, mtime);
  const { mtimeMs: sameMs, size: sameSize } = statSync(path);
  assert.deepEqual([Math.round(sameMs), sameSize], [Math.round(mtimeMs), size]);
  assert.equal(kind(), "source");
});

test("an added, changed or removed static file makes a bundle stale", async (t) => {
  const { functions, folder, write, kind } = await bundleSample(t);
  const copy = (name: string) => join(folder, "dist", "static", name);
  write("static/new.css", "a {}\n");
  assert.equal(kind(), "source");
  await bundleFunctions(functions);
  assert.ok(existsSync(copy("new.css")));
  write("static/new.css", "b {}\n");
  assert.equal(kind(), "source");
  await bundleFunctions(functions);
  assert.equal(kind(), "bundle");
  rmSync(join(folder, "static", "new.css"));
  assert.equal(kind(), "source");
  await bundleFunctions(functions);
  assert.equal(existsSync(copy("new.css")), false);
  assert.equal(kind(), "bundle");
});

test("a bundle whose output was changed is stale", async (t) => {
  const { functions, folder, bundle, kind } = await bundleSample(t);
  for (const path of [bundle, join(folder, "dist", "static", "page.css")]) {
    writeFileSync(path, "other\n");
    assert.equal(kind(), "source");
    await bundleFunctions(functions);
    assert.equal(kind(), "bundle");
  }
});

test("a change of packages, esbuild, Node.js or the bundler makes a bundle stale", async (t) => {
  const { bundle, kind } = await bundleSample(t);
  const path = recordPathOf(bundle);
  const text = readFileSync(path, "utf8");
  const record = JSON.parse(text) as { node: string; files: Record<string, [string, string]> };
  assert.equal(record.node, process.version);
  const write = (changed: object) => writeFileSync(path, JSON.stringify({ ...record, ...changed }));
  for (const input of [
    "package-lock.json",
    "package.json",
    "node_modules/esbuild/package.json",
    "bundle/cut-unused.ts",
  ]) {
    write({ files: { ...record.files, [input]: ["0".repeat(64), "another state"] } });
    assert.equal(kind(), "source", `another ${input}`);
    const { [input]: _, ...others } = record.files;
    write({ files: others });
    assert.equal(kind(), "source", `a new ${input}`);
  }
  write({ node: "v24.0.0" });
  assert.equal(kind(), "source", "another Node.js");
  writeFileSync(path, "{");
  assert.equal(kind(), "source", "a record that cannot be read");
  writeFileSync(path, text);
  assert.equal(kind(), "bundle");
});

test("does not record a bundle if an input has changed since the start of the build", async (t) => {
  const { folder, bundle } = await bundleSample(t);
  const source = join(folder, "index.ts");
  rmSync(recordPathOf(bundle));
  const { mtimeMs } = statSync(source);
  const inputs = [relative(join(import.meta.dirname, ".."), source)];
  const files = { inputs, bundled: inputs };
  recordBundle({ outfile: bundle }, files, mtimeMs - 1);
  assert.equal(existsSync(recordPathOf(bundle)), false);
  recordBundle({ outfile: bundle }, files, Date.now());
  assert.equal(existsSync(recordPathOf(bundle)), true);
});

test("functions can run before they are recorded", async (t) => {
  const { functions, folder, write, kind } = await bundleSample(t);
  write("value.ts", "export const value: number = 42;\n");
  const outputs: string[] = [];
  const onAll = async () => {
    assert.equal(kind(), "source");
    const [program] = listBundled([folder]);
    outputs.push(execFileSync(process.execPath, [program?.path ?? ""], { encoding: "utf8" }));
  };
  await bundleFunctions(functions, { onAll });
  assert.deepEqual(outputs, ["42\n"]);
  assert.deepEqual(listBundled([folder]), findPrograms([folder]));
});
