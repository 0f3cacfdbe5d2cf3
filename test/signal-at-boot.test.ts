import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { readManifests } from "#manifest/manifest.ts";

const preload = join(import.meta.dirname, "fixtures/signal-at-first-require.cjs");
// An address without a listener. Clients connect at their first call, so a function starts without its
// dependencies.
const nowhere = "127.0.0.1:1";

// As PID 1 of a container, a process never gets a signal that it has no handler for.
describe("a bundled function that gets SIGTERM before it has loaded any module exits 0", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "signal-at-boot-"));
  after(() => rm(dataDir, { recursive: true }));
  for (const { name, folder, dependencies } of readManifests()) {
    test(name, () => {
      const program = join(folder, "dist", "start.cjs");
      const { status, signal, stderr } = spawnSync(
        process.execPath,
        ["--require", preload, program],
        {
          encoding: "utf8",
          timeout: 30_000,
          env: {
            ...Object.fromEntries(dependencies.map(({ variable }) => [variable, nowhere])),
            DATA_DIR: dataDir,
            HOST: "127.0.0.1",
            PORT: "0",
            METRICS_PORT: "0",
          },
        },
      );
      assert.deepEqual({ status, signal, stderr }, { status: 0, signal: null, stderr: "" });
    });
  }
});
