import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readManifests } from "#manifest/manifest.ts";
import { nodeFlags } from "./node-flags.ts";

test("the old generation gets half of the memory that each func.yaml allows", () => {
  const [, flag = ""] = /--max-old-space-size=(\d+)/.exec(nodeFlags.join(" ")) ?? [];
  for (const { name, deploy } of readManifests()) {
    assert.equal(deploy.options.resources.limits.memory, `${2 * Number(flag)}Mi`, name);
  }
});

test("images use the same flags", () => {
  const text = readFileSync(join(import.meta.dirname, "..", "Containerfile"), "utf8");
  assert.ok(text.includes(`RUN node ${nodeFlags.join(" ")} /warm/warm-up.cjs /app/start.cjs`));
  const entrypoint = JSON.stringify(["node", ...nodeFlags, "/app/start.cjs"]);
  assert.ok(text.includes(`ENTRYPOINT ${entrypoint.replaceAll(",", ", ")}\n`));
});
