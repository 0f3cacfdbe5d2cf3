import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { functionsFolder, listFunctions } from "#manifest/manifest.ts";
import { readBundledFiles } from "../bundle/freshness.ts";
import { idOf, listPackages } from "../bundle/licenses/bundled-packages.ts";
import { licenseFiles } from "../bundle/licenses/write-licenses.ts";
import { root } from "./fixtures/source-files.ts";

// Licences that allow the distribution of an image whose own code has Apache-2.0. One that is missing here
// needs a decision, so an expression with OR has to have allowed licences only.
const allowed = new Set([
  ...["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BlueOak-1.0.0", "ISC", "MIT", "MIT-0"],
]);

function findForbidden(expression: string): string[] {
  return expression.split(/[\s()]+|\bAND\b|\bOR\b/).filter((id) => id !== "" && !allowed.has(id));
}

for (const name of listFunctions()) {
  const dist = join(functionsFolder, name, "dist");
  const read = (file: string) => readFileSync(join(dist, "licenses", file), "utf8");
  const packages = listPackages(root, readBundledFiles(join(dist, "index.cjs")));

  test(`the SBOM of ${name} is valid CycloneDX and lists the packages of its bundle`, async () => {
    const text = read(licenseFiles.sbom);
    const problems = await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text);
    assert.equal(problems, null);
    const { components } = JSON.parse(text) as { components: { purl: string }[] };
    assert.deepEqual(
      components.map(({ purl }) => decodeURIComponent(purl)),
      packages.map((each) => `pkg:npm/${idOf(each)}`),
    );
    assert.ok(packages.some((each) => each.name === "@grpc/grpc-js"));
  });

  test(`the packages of ${name} have allowed licences and are in its notices`, () => {
    const notices = read(licenseFiles.notices);
    for (const each of packages) {
      assert.deepEqual(findForbidden(each.license), [], `${idOf(each)}: ${each.license}`);
      assert.ok(notices.includes(`\n- ${idOf(each)}: ${each.license}\n`), idOf(each));
    }
    assert.equal(read(licenseFiles.own), readFileSync(join(root, "LICENSE"), "utf8"));
  });
}

test("all packages that npm ci --omit=dev installs have allowed licences", () => {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    packages: Record<string, { dev?: boolean; license?: string }>;
  };
  const installed = Object.entries(packages).filter(
    // Programs of Node.js itself, whose licence is MIT: their package.json does not say it.
    ([path, { dev }]) => !dev && !/^node_modules\/node-(?:bin-)?(?:darwin|linux|win)/.test(path),
  );
  assert.ok(installed.length > 100);
  for (const [path, { license = "none" }] of installed) {
    assert.deepEqual(findForbidden(license), [], `${path}: ${license}`);
  }
});

test("a licence expression is allowed only if all of its licences are", () => {
  assert.deepEqual(findForbidden("(MIT OR GPL-3.0-only) AND Apache-2.0"), ["GPL-3.0-only"]);
  assert.deepEqual(findForbidden("SEE LICENSE IN x"), ["SEE", "LICENSE", "IN", "x"]);
});
