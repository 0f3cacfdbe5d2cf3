import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { writeGenerated } from "./generate.ts";

const folder = import.meta.dirname;

test("the generated files are up to date, and no others exist beside them", () => {
  const generated = writeGenerated();
  for (const { path, text } of generated) {
    assert.equal(readFileSync(join(folder, path), "utf8"), text, `${path}: run npm run generate`);
  }
  const patterns = ["grafana/dashboards/*", "prometheus/rules/*.yml", "prometheus/*.yml"];
  assert.deepEqual(
    globSync(patterns, { cwd: folder }).sort(),
    generated.map(({ path }) => path).sort(),
  );
});
