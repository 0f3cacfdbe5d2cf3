import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import { startTinyShop } from "./fixtures/tiny-shop.ts";

const program = path.join(import.meta.dirname, "..", "cli", "shop.ts");
const quick = ["--think-time", "1ms", "--max-requests", "30", "--duration", "20s", "--seed", "1"];

function spawnLoad(args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, [program, "load", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, ...env },
  });
}

async function finish(child: ChildProcess) {
  const { stdout, stderr } = child;
  assert.ok(stdout && stderr);
  const [output, errors, [code]] = await Promise.all([
    text(stdout),
    text(stderr),
    once(child, "exit"),
  ]);
  return { output, errors, code };
}

async function openShop(t: TestContext, status?: number) {
  const shop = await startTinyShop((_, response) => {
    if (status !== undefined) response.writeHead(status).end();
    return status !== undefined;
  });
  t.after(() => shop.close());
  return shop;
}

test("a run without an error prints the table, writes the JSON and exits with 0", async (t) => {
  const shop = await openShop(t);
  const folder = mkdtempSync(path.join(tmpdir(), "load-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const out = path.join(folder, "result.json");
  const run = await finish(spawnLoad(["--url", shop.url, ...quick, "--out", out]));
  assert.equal(run.code, 0, run.errors);
  assert.match(run.output, /^page .*requests .*p99 ms/);
  assert.match(run.output, /\ntotal +30 +0 /);
  assert.match(
    run.errors,
    /^Sending requests to http:\/\/127\.0\.0\.1:\d+: 10 users for 20 s, seed 1\n/,
  );
  const result = JSON.parse(readFileSync(out, "utf8"));
  assert.equal(result.format, "hipster-shop-load/1");
  assert.equal(result.total.count, 30);
  assert.equal(result.options.hostHeader, null);
});

test("a run with failed requests exits with 1 and lists the failures", async (t) => {
  const shop = await openShop(t, 503);
  const run = await finish(spawnLoad(["--url", shop.url, ...quick, "--quiet"]));
  assert.equal(run.code, 1);
  assert.match(run.output, /\d+ x GET \/product\/\{id\}: status 503/);
  assert.equal(run.errors, "");
});

test("USERS and RATE are read from the environment as Online Boutique's are", async (t) => {
  const shop = await openShop(t);
  const env = { USERS: "3", RATE: "50" };
  const run = await finish(spawnLoad(["--url", shop.url, ...quick], env));
  assert.match(run.errors, /: 3 users/);
});

test("wrong arguments print one line on stderr and exit with 2", async () => {
  const cases: [string[], RegExp][] = [
    [["--users", "many"], /^shop: --users is "many": expected a whole number from 1 to 10000\n$/],
    [["--user", "1"], /^error: unknown option '--user'.*\n$/],
    [["--users"], /^error: option '--users <n>' argument missing\n$/],
    [["now"], /^error: too many arguments.*\n$/],
    [
      ["--out", "/nowhere/at/all.json"],
      /^shop: --out is .* expected a file that can be written\n$/,
    ],
  ];
  const runs = await Promise.all(cases.map(([args]) => finish(spawnLoad(args))));
  for (const [index, { code, errors, output }] of runs.entries()) {
    assert.match(errors, cases[index]?.[1] ?? /$^/);
    assert.deepEqual({ code, output }, { code: 2, output: "" });
  }
});

test("the help goes to stdout and exits with 0", async () => {
  const run = await finish(spawnLoad(["--help"]));
  assert.equal(run.code, 0);
  assert.match(run.output, /--think-time <range>/);
});

test("Ctrl-C ends the run early with the table", async (t) => {
  const shop = await openShop(t);
  const child = spawnLoad(["--url", shop.url, "--users", "1", "--think-time", "20ms"]);
  t.after(() => child.kill("SIGKILL"));
  child.stderr?.once("data", () => child.kill("SIGINT"));
  const run = await finish(child);
  assert.equal(run.code, 0, run.errors);
  assert.match(run.output, /ended by interrupt/);
});
