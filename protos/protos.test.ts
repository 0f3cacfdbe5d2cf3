import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { buf } from "./buf.ts";

test("the generated code is up to date with the .proto files", (t) => {
  const fresh = mkdtempSync(join(tmpdir(), "protos-"));
  t.after(() => rmSync(fresh, { recursive: true }));
  buf("generate", "--output", fresh);
  const committed = join(import.meta.dirname, "gen");
  const files = listFiles(join(fresh, "gen"));
  assert.deepEqual(listFiles(committed), files);
  for (const file of files) {
    assert.equal(
      readFileSync(join(committed, file), "utf8"),
      readFileSync(join(fresh, "gen", file), "utf8"),
      `protos/gen/${file} is not up to date: run npm run generate`,
    );
  }
});

test("buf lint reports no problems", () => {
  assert.equal(buf("lint"), "");
});

test("the .proto files are compatible with those of Online Boutique", () => {
  assert.equal(buf("breaking", "--against", "reference"), "");
});

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .sort();
}
