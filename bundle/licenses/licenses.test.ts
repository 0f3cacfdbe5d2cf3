import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { runEsbuild } from "../run-esbuild.ts";
import { listPackages, requiredByProject } from "./bundled-packages.ts";
import { formatNotices } from "./notices.ts";
import { formatSbom } from "./sbom.ts";

const root = join(import.meta.dirname, "..", "..");

// A folder with node_modules, given the texts of its files.
function writePackages(t: TestContext, files: Readonly<Record<string, string | object>>): string {
  const folder = mkdtempSync(join(tmpdir(), "licenses-"));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    const text = typeof content === "string" ? content : JSON.stringify(content);
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

test("lists a package of which code is in the bundle, and none that esbuild removed", async () => {
  const contents = `import ms from "ms"; import { create } from "@bufbuild/protobuf";
    import("./bundle/licenses/sbom.ts"); console.log(ms("1 d"));`;
  const { bundled, inputs } = await runEsbuild({
    stdin: { contents, resolveDir: root },
    ...{ bundle: true, platform: "node", format: "cjs", write: false },
  });
  assert.ok(inputs.some((file) => file.startsWith("node_modules/@bufbuild/protobuf/")));
  assert.deepEqual(
    listPackages(root, bundled).map(({ name }) => name),
    ["ms"],
  );
});

test("a nested package is the dependency of the package that contains it", (t) => {
  const json = (name: string, version: string, dependencies = {}) => ({
    ...{ name, version, license: "(MIT)", dependencies },
  });
  const folder = writePackages(t, {
    "package.json": { dependencies: { "@a/x": "^1.0.0", b: "^1.0.0", gone: "^1.0.0" } },
    "node_modules/@a/x/package.json": json("@a/x", "1.0.0", { b: "^2.0.0", c: "^1.0.0" }),
    "node_modules/@a/x/node_modules/b/package.json": json("b", "2.0.0", { c: "^1.0.0" }),
    "node_modules/b/package.json": json("b", "1.0.0"),
    "node_modules/c/package.json": json("c", "1.0.0"),
  });
  const files = ["index.ts", "node_modules/@a/x/index.js", "node_modules/c/lib/c.js"];
  const packages = listPackages(folder, [
    ...[...files, "node_modules/b/b.js", "node_modules/@a/x/node_modules/b/b.js"],
  ]);
  const subject = { name: "sample", version: "0.1.0", license: "Apache-2.0" };
  const sbom = formatSbom({ ...subject, requires: requiredByProject(folder) }, packages);
  assert.deepEqual(JSON.parse(sbom).dependencies, [
    { ref: "sample", dependsOn: ["pkg:npm/%40a/x@1.0.0", "pkg:npm/b@1.0.0"] },
    { ref: "pkg:npm/%40a/x@1.0.0", dependsOn: ["pkg:npm/b@2.0.0", "pkg:npm/c@1.0.0"] },
    { ref: "pkg:npm/b@1.0.0", dependsOn: [] },
    { ref: "pkg:npm/b@2.0.0", dependsOn: ["pkg:npm/c@1.0.0"] },
    { ref: "pkg:npm/c@1.0.0", dependsOn: [] },
  ]);
  assert.deepEqual(JSON.parse(sbom).components[0].licenses, [{ license: { id: "MIT" } }]);
});

test("a package without a licence fails the build with its folder", (t) => {
  const folder = writePackages(t, {
    "node_modules/a/package.json": { name: "a", version: "1.0.0" },
  });
  assert.throws(() => listPackages(folder, ["node_modules/a/a.js"]), {
    message: "node_modules/a/package.json: expected a name, a version and a licence",
  });
});

test("notices have licence files, and the copyright comments of files in the bundle, once each", (t) => {
  const json = (name: string) => ({ name, version: "1.0.0", license: "MIT" });
  const folder = writePackages(t, {
    "node_modules/a/package.json": json("a"),
    "node_modules/a/LICENCE.md": "MIT of a\r\n",
    "node_modules/a/NOTICE": "notice of a\n",
    "node_modules/a/vendored.js": "/*!\n * Copyright Someone\n *   Indented\n */\nexport {};\n",
    "node_modules/a/unused.js": "// Copyright Nobody\n",
    "node_modules/b/package.json": json("b"),
    "node_modules/b/license": "MIT of a\n",
    "node_modules/c/package.json": json("c"),
    "node_modules/c/c.js": "export {};\n",
  });
  const notices = (...files: string[]) =>
    formatNotices(
      folder,
      listPackages(
        folder,
        files.map((file) => `node_modules/${file}`),
      ),
    );
  const text = notices("a/vendored.js", "b/license");
  assert.match(text, /^- a@1\.0\.0: MIT\n- b@1\.0\.0: MIT\n/m);
  assert.match(text, /\na@1\.0\.0, b@1\.0\.0\n\nMIT of a\n/);
  assert.match(text, /\na@1\.0\.0\n\nnotice of a\n/);
  assert.match(text, /\na@1\.0\.0\n\nCopyright Someone\n {2}Indented\n/);
  assert.equal(text.match(/MIT of a/g)?.length, 1);
  assert.doesNotMatch(text, /Nobody/);
  assert.throws(() => notices("c/c.js"), { message: "node_modules/c has no licence text" });
});
