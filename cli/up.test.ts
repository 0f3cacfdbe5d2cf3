import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { portVariableOf } from "#local/config.ts";
import { pageTarget } from "#local/console/build.ts";
import { listFunctions } from "#manifest/manifest.ts";
import { findDescendants } from "../bench/process-usage.ts";
import { startPrinting } from "../bench/processes.ts";
import { recordPathOf } from "../bundle/freshness.ts";

async function startUp(t: TestContext) {
  const dataDir = mkdtempSync(join(tmpdir(), "shop-up-"));
  t.after(() => rmSync(dataDir, { recursive: true, force: true }));
  const ports = listFunctions().map((name) => [portVariableOf(name), "0"]);
  const env = { ...Object.fromEntries(ports), CONSOLE_PORT: "0", DATA_DIR: dataDir };
  const args = [join(import.meta.dirname, "shop.ts"), "up"];
  const isReady = (line: string) => line.startsWith(`${listFunctions().length} functions at zero`);
  const up = await startPrinting({ name: "shop up", args, env }, isReady);
  t.after(() => up.stop());
  return up;
}

test("shop up bundles outdated programs, and leaves no process of the bundler", async (t) => {
  rmSync(recordPathOf(pageTarget.outfile), { force: true });
  const up = await startUp(t);
  assert.match(up.lines.join("\n"), /^storefront +http:\S+\nconsole +http:\S+\n\d+ functions/);
  assert.ok(existsSync(recordPathOf(pageTarget.outfile)));
  assert.deepEqual(findDescendants(up.pid), []);
});

test("shop up bundles nothing when nothing has changed", async (t) => {
  const { mtimeMs } = statSync(recordPathOf(pageTarget.outfile));
  await startUp(t);
  assert.equal(statSync(recordPathOf(pageTarget.outfile)).mtimeMs, mtimeMs);
});
