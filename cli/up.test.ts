import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { type TestContext, test } from "node:test";
import { portVariableOf } from "#local/config.ts";
import { pageTarget } from "#local/console/build.ts";
import type { ConsoleState } from "#local/console/model.ts";
import { listFunctions } from "#manifest/manifest.ts";
import { writeThisCheckout } from "../bench/checkout.ts";
import { findDescendants } from "../bench/process-usage.ts";
import { startPrinting } from "../bench/processes.ts";
import { recordPathOf } from "../bundle/freshness.ts";
import { bundleUp, homePageFunctions, upBundle } from "./up-bundle.ts";

const root = join(import.meta.dirname, "..");

await bundleUp();

const readyLines = /^storefront +http:\S+\nconsole +http:\S+\n\d+ functions/;

function planUp(t: TestContext, program: string) {
  const dataDir = mkdtempSync(join(tmpdir(), "shop-up-"));
  t.after(() => rmSync(dataDir, { recursive: true, force: true }));
  const ports = listFunctions().map((name) => [portVariableOf(name), "0"]);
  const env = { ...Object.fromEntries(ports), CONSOLE_PORT: "0", DATA_DIR: dataDir };
  return { args: [program, "up"], env };
}

async function startUp(t: TestContext, program = join(import.meta.dirname, "shop.ts")) {
  const { args, env } = planUp(t, program);
  const isReady = (line: string) => line.startsWith(`${listFunctions().length} functions at zero`);
  const up = await startPrinting({ name: "shop up", args, env }, isReady);
  t.after(() => up.stop());
  return up;
}

test("shop up bundles outdated programs, and leaves no process of the bundler", async (t) => {
  rmSync(recordPathOf(pageTarget.outfile), { force: true });
  const up = await startUp(t);
  assert.match(up.lines.join("\n"), readyLines);
  await t.waitFor(() => assert.deepEqual(findDescendants(up.pid), []), { timeout: 60_000 });
  assert.ok(existsSync(recordPathOf(pageTarget.outfile)));
});

test("shop up bundles nothing when nothing has changed", async (t) => {
  const { mtimeMs } = statSync(recordPathOf(pageTarget.outfile));
  await startUp(t);
  assert.equal(statSync(recordPathOf(pageTarget.outfile)).mtimeMs, mtimeMs);
});

test("npm start runs the shop from its bundle", async (t) => {
  const up = await startUp(t, join(import.meta.dirname, "start.cjs"));
  assert.deepEqual(findDescendants(up.pid), []);
});

for (const [title, text] of [
  ["that is stale", readFileSync(upBundle.outfile, "utf8")],
  ["that another process is writing", "async function"],
] as const) {
  test(`npm start runs the source instead of a bundle ${title}`, async (t) => {
    // Inside of the repository, for the packages. The bundle is stale, because no record names it.
    const folder = mkdtempSync(join(dirname(upBundle.outfile), "test-"));
    t.after(() => rmSync(folder, { recursive: true }));
    mkdirSync(join(folder, "dist"));
    copyFileSync(join(import.meta.dirname, "start.cjs"), join(folder, "start.cjs"));
    writeFileSync(join(folder, "dist", "up.cjs"), text);
    const line = `${listFunctions().length} functions at zero, from the source`;
    const source = `console.log("${line}");\nsetInterval(() => {}, 1000);\n`;
    writeFileSync(join(folder, "shop.ts"), source);
    const up = await startUp(t, join(folder, "start.cjs"));
    assert.deepEqual(up.lines, [line]);
  });
}

async function writeNewCheckout(t: TestContext): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "shop-new-"));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  await writeThisCheckout(folder, t.signal);
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  return folder;
}

function recordIn(folder: string, outfile: string): string {
  return join(folder, relative(root, recordPathOf(join(root, outfile))));
}

// The build bundles `npm start` last.
const lastOutfile = relative(root, upBundle.outfile);

test("npm start in a new checkout runs bundles, and then completes the build", async (t) => {
  const folder = await writeNewCheckout(t);
  const up = await startUp(t, join(folder, "cli", "start.cjs"));
  assert.match(up.lines.join("\n"), readyLines);
  await t.waitFor(() => assert.deepEqual(findDescendants(up.pid), []), { timeout: 60_000 });
  assert.ok(existsSync(recordIn(folder, lastOutfile)));
});

/** The functions that the shop has started, as its console reports them. */
async function listStarted(lines: readonly string[]): Promise<string[]> {
  const [, consoleUrl = ""] = lines.map((line) => line.split(/ +/)[1] ?? "");
  const response = await fetch(new URL("/api/state", consoleUrl));
  const { functions } = (await response.json()) as ConsoleState;
  return functions.filter(({ starts }) => starts > 0).map(({ name }) => name);
}

test("npm start in a new checkout first bundles what the home page calls, then what other pages call", async (t) => {
  const folder = await writeNewCheckout(t);
  const up = await startUp(t, join(folder, "cli", "start.cjs"));
  const [storefront = ""] = up.lines.map((line) => line.split(/ +/)[1] ?? "");
  assert.equal((await fetch(storefront)).status, 200);
  assert.deepEqual(await listStarted(up.lines), homePageFunctions.toSorted());
  const page = await fetch(new URL("/product/OLJCESPC7Z", storefront));
  assert.equal(page.status, 200);
  assert.match(await page.text(), /You may also like/i);
  assert.ok((await listStarted(up.lines)).includes("recommendationservice"));
});

for (const [name, isAnnounced] of [
  ["frontend", false],
  ["checkoutservice", true],
] as const) {
  test(`npm start ends with the bundler's error if ${name} cannot be bundled`, async (t) => {
    const folder = await writeNewCheckout(t);
    writeFileSync(join(folder, "functions", name, "index.ts"), "const = 1;\n");
    const { args, env } = planUp(t, join(folder, "cli", "start.cjs"));
    const options = { env, encoding: "utf8", timeout: 60_000 } as const;
    const { status, stdout, stderr } = spawnSync(process.execPath, args, options);
    assert.equal(status, 1, stderr);
    assert.match(stderr, new RegExp(`functions/${name}/index\\.ts:1:6`));
    assert.equal(readyLines.test(stdout), isAnnounced, stdout);
  });
}

test("shop up stops the bundler if a port is in use", async (t) => {
  const other = createServer().listen(0, "127.0.0.1");
  t.after(() => other.close());
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const folder = await writeNewCheckout(t);
  const { args, env } = planUp(t, join(folder, "cli", "start.cjs"));
  const options = { env: { ...env, PORT: String(port) }, encoding: "utf8" } as const;
  const { status, stderr } = spawnSync(process.execPath, args, { ...options, timeout: 60_000 });
  assert.equal(status, 2, stderr);
  assert.match(stderr, new RegExp(`${port}.*in use`));
  assert.ok(!existsSync(recordIn(folder, lastOutfile)));
});

test("npm start in a new checkout does not wait for licences and records", async (t) => {
  const folder = await writeNewCheckout(t);
  // A folder where the first record should be: the build fails before it is complete.
  const [name = ""] = listFunctions();
  mkdirSync(recordIn(folder, `functions/${name}/dist/index.cjs`), { recursive: true });
  const up = await startUp(t, join(folder, "cli", "start.cjs"));
  assert.match(up.lines.join("\n"), readyLines);
  await t.waitFor(() => assert.deepEqual(findDescendants(up.pid), []), { timeout: 60_000 });
  assert.ok(!existsSync(recordIn(folder, lastOutfile)));
});
