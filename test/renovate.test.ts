import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cutRules } from "../bundle/cut-unused.ts";
import { root } from "./fixtures/source-files.ts";

interface RenovateConfig {
  readonly packageRules: readonly {
    readonly matchPackageNames?: readonly string[];
    readonly rangeStrategy?: string;
  }[];
  readonly customManagers: readonly {
    readonly description: string;
    readonly managerFilePatterns: readonly string[];
    readonly matchStrings: readonly string[];
  }[];
}

const config: RenovateConfig = JSON.parse(readFileSync(join(root, "renovate.json"), "utf8"));
const files = execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" }).split("\n");

test("each place that Renovate updates by an expression has the base image", () => {
  const found = config.customManagers.flatMap(({ managerFilePatterns, matchStrings }) =>
    files
      .filter((file) => managerFilePatterns.some((each) => toExpression(each).test(file)))
      .map((file) => {
        const text = readFileSync(join(root, file), "utf8");
        const groups = matchStrings.map((each) => new RegExp(each).exec(text)?.groups)[0];
        return [file, groups?.depName, groups?.currentValue];
      }),
  );
  const places = ["Containerfile", "monolith/Containerfile", "knative/images/build-options.ts"];
  assert.deepEqual(
    found,
    places.map((place) => [place, "docker.io/library/node", "24-slim"]),
  );
});

test("Renovate keeps the exact versions of packages whose files the bundler cuts", () => {
  const pinned = config.packageRules
    .filter(({ rangeStrategy }) => rangeStrategy === "pin")
    .flatMap(({ matchPackageNames = [] }) => matchPackageNames);
  for (const { package: name } of cutRules) {
    const scope = `${name.split("/")[0]}/**`;
    assert.ok(pinned.includes(name) || pinned.includes(scope), name);
  }
});

function toExpression(pattern: string): RegExp {
  return new RegExp(pattern.slice(1, -1));
}
