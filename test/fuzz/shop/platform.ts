import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPlatform } from "#local/platform.ts";
import { functionsFolder, listFunctions } from "#manifest/manifest.ts";
import { findPrograms } from "../../../bundle/bundle-functions.ts";

// The local platform as a process of its own. It sends its ports, then the state of its functions at each
// message, and ends with its parent.
const dataDir = mkdtempSync(join(tmpdir(), "fuzzed-shop-"));
process.once("exit", () => rmSync(dataDir, { recursive: true, force: true }));
const platform = await startPlatform({
  ports: "free",
  logs: "ignore",
  dataDir,
  programs: findPrograms(listFunctions().map((name) => join(functionsFolder, name))),
  idleWindowMs: 3_600_000,
});
process.on("message", () => process.send?.(platform.functions.map((each) => each.snapshot())));
process.once("disconnect", async () => {
  await platform.close();
  process.exit(0);
});
process.send?.({
  console: Number(new URL(platform.urls.console).port),
  ...Object.fromEntries(platform.functions.map(({ name, port }) => [name, port])),
});
