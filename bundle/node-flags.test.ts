import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { nodeFlags, nodeFlagsWithin } from "./node-flags.ts";

test("the old generation gets half of a function's memory", () => {
  const sizes = ["256Mi", "1Gi", "300M", "134217728"].map((memory) =>
    nodeFlagsWithin(memory).at(-1),
  );
  const inMiB = [128, 512, 143, 64];
  assert.deepEqual(
    sizes,
    inMiB.map((size) => `--max-old-space-size=${size}`),
  );
});

test("images use the same flags", () => {
  const text = readFileSync(join(import.meta.dirname, "..", "Containerfile"), "utf8");
  assert.ok(text.includes(`RUN node ${nodeFlags.join(" ")} /warm/warm-up.cjs /app/start.cjs`));
  const entrypoint = JSON.stringify(["node", ...nodeFlags, "/app/start.cjs"]);
  assert.ok(text.includes(`ENTRYPOINT ${entrypoint.replaceAll(",", ", ")}\n`));
});
