import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { parse } from "yaml";
import { functionsFolder, listFunctions } from "#manifest/manifest.ts";
import { bundleEntry } from "../../bundle/bundle-entry.ts";

interface Built {
  build: { builder: string; buildEnvs: { name: string; value: string }[] };
}

// The variables that Paketo's Node.js buildpack reads: without a package.json it starts `node LAUNCHPOINT`.
function readBuildEnv(name: string): Map<string, string> {
  const text = readFileSync(join(functionsFolder, name, "func.yaml"), "utf8");
  const { build } = parse(text) as Built;
  return new Map(build.buildEnvs.map((variable) => [variable.name, variable.value]));
}

test("every function sets the file to start and the version of Node.js for the builder", async () => {
  for (const name of listFunctions()) {
    const env = readBuildEnv(name);
    assert.equal(env.get("BP_LAUNCHPOINT"), "dist/index.cjs", name);
    assert.equal(env.get("BP_NODE_VERSION"), "24", name);
  }
});

test("a function starts from its folder alone, as a builder gets it", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "source-build-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const source = join(functionsFolder, "frontend");
  cpSync(join(source, "func.yaml"), join(folder, "func.yaml"));
  cpSync(join(source, "static"), join(folder, "dist", "static"), { recursive: true });
  await bundleEntry(join(source, "index.ts"), join(folder, "dist", "index.cjs"));
  const port = await start(t, folder, readBuildEnv("frontend").get("BP_LAUNCHPOINT") ?? "");
  const { status } = await fetch(`http://127.0.0.1:${port}/health/readiness`);
  assert.equal(status, 200);
});

async function start(t: TestContext, folder: string, file: string): Promise<number> {
  const { run } = parse(readFileSync(join(folder, "func.yaml"), "utf8")) as {
    run: { envs: { name: string; value: string }[] };
  };
  const variables = Object.fromEntries(run.envs.map(({ name, value }) => [name, value]));
  const child = spawn(process.execPath, [file], {
    cwd: folder,
    env: { ...variables, HOST: "127.0.0.1", PORT: "0", METRICS_PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  const lines = createInterface({ input: child.stdout });
  const [line] = await once(lines, "line", { signal: AbortSignal.timeout(30_000) });
  const { message, port } = JSON.parse(line) as { message: string; port: number };
  assert.equal(message, "ready");
  return port;
}
