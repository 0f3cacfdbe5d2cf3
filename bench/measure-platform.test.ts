import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { measurePlatform } from "./measure-platform.ts";
import { formatPlatform } from "./report-platform.ts";

test("npm start with all functions at zero takes at most 130 MB, before and after use", async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), "bench-"));
  t.after(() => rm(dataDir, { recursive: true }));
  const measuring = { rounds: 1, onProgress: () => {}, env: {} };
  const { start, atZero, afterUse } = await measurePlatform(dataDir, measuring, 20);
  assert.equal(start.samplesMs.length, 1);
  for (const { rssBytes, pssBytes } of [atZero, afterUse]) {
    assert.ok(rssBytes.median > 30e6);
    // The resident set includes the pages shared with other Node.js processes, such as this one.
    if (pssBytes) assert.ok(pssBytes.median <= 130e6, `${pssBytes.median} bytes`);
  }
});

test("the report of the platform has start times, memory and the target", () => {
  const spread = (median: number) => ({ median, q1: median, q3: median });
  const lines = formatPlatform({
    start: { p50Ms: 300.4, p90Ms: 400, samplesMs: [300.4, 400] },
    atZero: { rssBytes: spread(100e6), pssBytes: spread(70e6) },
    afterUse: { rssBytes: spread(120e6), pssBytes: null },
    pageCount: 300,
  });
  assert.deepEqual(lines, [
    "The local platform as npm start runs it, all functions at zero",
    "spawn until all ports are open, nothing to bundle: p50 300 ms, p90 400 ms, n=2",
    "with its children     RSS      PSS",
    "before any call    100 MB  70.0 MB",
    "after 300 pages    120 MB        -",
    "target: at most 130 MB PSS",
  ]);
});
