import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, type TestContext, test } from "node:test";
import { functionsFolder, monolithName } from "#manifest/manifest.ts";
import { nodeFlags } from "../../../bundle/node-flags.ts";
import { bundleForImages, warmUpBundle } from "../bundle-images.ts";
import { listMethods } from "./call-function.ts";

const monolith = join(import.meta.dirname, "..", "..", "..", "monolith", "dist");

before(() => bundleForImages([monolithName]));

// As the Containerfiles run it.
function warmUp(t: TestContext, flags: readonly string[], program: string, ...rest: string[]) {
  const folder = mkdtempSync(join(tmpdir(), "warm-up-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const cache = join(folder, "cache");
  const args = [...flags, warmUpBundle, program, cache, ...rest];
  const { DATA_DIR: _, NODE_TEST_CONTEXT: __, ...env } = process.env;
  const { status, stderr } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    env: { ...env, DATA_DIR: join(folder, "data") },
    timeout: 120_000,
  });
  return { status, stderr, cache };
}

function readCode(cache: string): string {
  const [file = ""] = globSync(join(cache, "*", "*.code"));
  return readFileSync(file, "latin1");
}

function isAccepted(cache: string, flags: readonly string[], program: string): boolean {
  const { output } = spawnSync(process.execPath, [...flags, program], {
    encoding: "utf8",
    // An invalid port makes the program exit once its modules are loaded.
    env: {
      NODE_COMPILE_CACHE: cache,
      NODE_DEBUG: "code-cache",
      NODE_DEBUG_NATIVE: "COMPILE_CACHE",
      PORT: "none",
    },
  });
  const accepted = program.endsWith("start.cjs")
    ? ".code is used"
    : `code cache for CommonJS ${program} was accepted`;
  return output.join("").includes(accepted);
}

// Texts of functions that are called only after dependencies have responded.
const programs = {
  frontend: ['<li class="card">', "You may also like"],
  cartservice: [],
  checkoutservice: [],
};

for (const [name, compiled] of Object.entries(programs)) {
  test(`fills the compile cache of ${name} without its dependencies`, (t) => {
    const program = join(functionsFolder, name, "dist", "start.cjs");
    const { status, stderr, cache } = warmUp(t, nodeFlags, program, functionsFolder, name);
    assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
    assert.ok(isAccepted(cache, nodeFlags, program));
    for (const text of compiled) assert.ok(readCode(cache).includes(text), text);
  });
}

test("fills the compile caches of the monolith and of its functions", (t) => {
  const program = join(monolith, "monolith", "program.cjs");
  const functions = join(monolith, "functions");
  const { status, stderr, cache } = warmUp(t, [], program, functions);
  assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
  assert.ok(isAccepted(cache, [], program));
  const inside = join(functions, "emailservice", "dist", "start.cjs");
  assert.ok(isAccepted(cache, nodeFlags, inside));
});

test("fails with the program's last lines if the program does not start", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "warm-up-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const program = join(folder, "broken.cjs");
  writeFileSync(program, 'console.log("a reason"); process.exit(3);');
  const { status, stderr } = warmUp(t, nodeFlags, program, functionsFolder, "adservice");
  assert.equal(status, 1);
  assert.match(stderr, /^The warm-up of .*broken\.cjs failed: it exited with 3\na reason\n$/);
});

test("calls every RPC of the protos", () => {
  const methods = listMethods();
  for (const path of [
    "/grpc.health.v1.Health/Check",
    "/hipstershop.PrewarmService/Wake",
    "/hipstershop.CartService/AddItem",
    "/hipstershop.AdService/GetAds",
  ]) {
    assert.ok(methods.includes(path), path);
  }
});
