import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { buf } from "./buf.ts";

test("the generated code is what the .proto files give", (t) => {
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
      `protos/gen/${file} has drifted: run npm run generate`,
    );
  }
});

test("buf finds nothing to lint", () => {
  assert.equal(buf("lint"), "");
});

test("nothing of Online Boutique's contract is broken", () => {
  assert.equal(buf("breaking", "--against", "reference"), "");
});

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .sort();
}
