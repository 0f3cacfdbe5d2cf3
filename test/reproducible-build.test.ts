import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, link, mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { listFunctions, monolithName } from "#manifest/manifest.ts";
import { licenseFiles } from "../bundle/licenses/write-licenses.ts";
import { root } from "./fixtures/source-files.ts";

test("two builds in two folders write the same bytes", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "reproducible-"));
  t.after(() => rm(folder, { recursive: true }));
  const packages = await findPackages();
  const [first, second] = await Promise.all(
    ["a", "another/folder"].map(async (name) => {
      const copy = join(folder, name);
      await copyCheckout(copy, packages);
      const program = join(copy, "knative/images/bundle-images.ts");
      const names = JSON.stringify([...listFunctions(), monolithName]);
      const script = `import { bundleForImages } from ${JSON.stringify(program)};
        await bundleForImages(${names});`;
      await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script], {
        cwd: copy,
        timeout: 120_000,
      });
      return hashOutputs(copy);
    }),
  );
  assert.ok(first && Object.keys(first).length > 3 * listFunctions().length);
  assert.deepEqual(second, first);

  await t.test("the SBOM of the monolith has the packages of all functions", async () => {
    const inMonolith = await readPurls(join(folder, "a/monolith/dist/licenses"));
    for (const name of listFunctions()) {
      const purls = await readPurls(join(folder, "a/functions", name, "dist/licenses"));
      assert.deepEqual(
        [...purls].filter((purl) => !inMonolith.has(purl)),
        [],
      );
    }
    // Of the console's page.
    assert.ok([...inMonolith].some((purl) => purl.startsWith("pkg:npm/lit-html@")));
  });
});

async function readPurls(folder: string): Promise<Set<string>> {
  const sbom = JSON.parse(await readFile(join(folder, licenseFiles.sbom), "utf8")) as {
    components: { purl: string }[];
  };
  return new Set(sbom.components.map(({ purl }) => purl));
}

// The packages of `npm ci --omit=dev`; of the optional ones only esbuild's programs, which the build runs.
async function findPackages(): Promise<string[]> {
  const lock = JSON.parse(await readFile(join(root, "package-lock.json"), "utf8")) as {
    packages: Record<string, { dev?: boolean; optional?: boolean }>;
  };
  const wanted = Object.entries(lock.packages).filter(
    ([path, { dev, optional }]) => path && !dev && (!optional || path.includes("/@esbuild/")),
  );
  return wanted.map(([path]) => path);
}

// Files of packages are hard links, because a copy of them takes seconds.
async function copyCheckout(to: string, packages: readonly string[]): Promise<void> {
  const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "-z"], { cwd: root });
  const copies = files.toString().split("\0").filter(Boolean);
  await Promise.all(
    copies.map((file) => cp(join(root, file), join(to, file)).catch(ignoreMissing)),
  );
  for (const path of packages) await linkFiles(join(root, path), join(to, path));
}

async function linkFiles(from: string, to: string): Promise<void> {
  const entries = await readdir(from, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(from.length));
  const folders = new Set(paths.map((path) => dirname(path)));
  await Promise.all([...folders].map((path) => mkdir(join(to, path), { recursive: true })));
  const linkFile = (path: string) =>
    link(join(from, path), join(to, path)).catch(async (error: NodeJS.ErrnoException) => {
      // A nested package was linked with the outer one, or the folders are on two file systems.
      if (error.code === "EXDEV") await cp(join(from, path), join(to, path));
      else if (error.code !== "EEXIST") throw error;
    });
  await Promise.all(paths.map(linkFile));
}

// A file that is deleted, but not in git's index.
function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}

async function hashOutputs(folder: string): Promise<Record<string, string>> {
  const outputs = [...listFunctions().map((name) => `functions/${name}/dist`), "monolith/dist"];
  const hashes: Record<string, string> = {};
  for (const output of [...outputs, "knative/images/dist"]) {
    const entries = await readdir(join(folder, output), { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((each) => each.isFile())) {
      const path = join(entry.parentPath, entry.name);
      const hash = createHash("sha256")
        .update(await readFile(path))
        .digest("hex");
      hashes[path.slice(folder.length + 1)] = hash;
    }
  }
  return hashes;
}
