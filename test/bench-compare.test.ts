import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { BenchResult } from "../bench/run.ts";
import { poll } from "./fixtures/poll.ts";

const program = join(import.meta.dirname, "..", "cli", "shop.ts");
const compare = ["bench", "--only", "boot", "rpc", "adservice", "--compare"];

// All files of a run are in the temporary folder; npm's own compile cache would be there too.
function openTemporaryFolder(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "bench-compare-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return { TMPDIR: folder, NODE_DISABLE_COMPILE_CACHE: "1" };
}

test("boots and calls of this checkout and of another commit are compared round by round", (t) => {
  const env = openTemporaryFolder(t);
  const json = join(env.TMPDIR, "result.json");
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [program, ...compare, "HEAD", "--rounds", "3", "--json", json],
    { encoding: "utf8", env: { ...process.env, ...env } },
  );
  assert.equal(status, 0, stderr);
  const { boot, comparison } = JSON.parse(readFileSync(json, "utf8")) as BenchResult;
  assert.equal(boot, null);
  assert.ok(comparison);
  const commit = spawnSync("git", ["rev-parse", "HEAD"], { encoding: "utf8" }).stdout.trim();
  assert.equal(comparison.checkout.commit, commit);
  assert.deepEqual(comparison.reference, { name: "HEAD", commit });
  const [advertising, ...others] = comparison.boots ?? [];
  assert.ok(advertising && others.length === 0);
  assert.equal(advertising.name, "adservice");
  assert.equal(advertising.ms.checkout.samples.length, 3);
  assert.equal(advertising.ms.reference.samples.length, 3);
  const { median, q1, q3 } = advertising.ms.ratio;
  assert.ok(0 < q1 && q1 <= median && median <= q3);
  assert.equal(advertising.ms.interval, null, "three rounds are too few for a 95 % interval");
  const [call] = comparison.calls ?? [];
  assert.equal(call?.call, "AdService/GetAds");
  assert.equal(call.ms.checkout.samples.length, 60);
  assert.equal(call.ms.reference.samples.length, 60);
  assert.ok(call.ms.ratio.median > 0);
  assert.match(stdout, /^adservice +[\d.]+ +[\d.]+ +3 +[\d.]+ +[\d.]+ +3 +\d\.\d\d \[/m);
  assert.match(stdout, /^adservice +[\d.]+ +[\d.]+ +60 +[\d.]+ +[\d.]+ +60 +\d\.\d\d \[/m);
  assert.deepEqual(readdirSync(env.TMPDIR), ["result.json"], "the temporary folders are removed");
});

const wrong: [string[], RegExp][] = [
  [
    ["--compare", "no-such-ref"],
    /^shop: --compare is "no-such-ref": expected a commit, a tag or a branch of this repository\n$/,
  ],
  [["--compare", "--all"], /^shop: --compare is "--all": expected a commit, .*\n$/],
  [
    ["--only", "overload", "--compare", "HEAD"],
    /^shop: --only is "overload": it needs no --compare\n$/,
  ],
  [["--only", "order"], /^shop: --only is "order": it needs --compare or --peer\n$/],
  [["--peer", "8080"], /^shop: --peer is "8080": expected the URL of a shop, .*\n$/],
  [
    ["--peer", "http://127.0.0.1:1", "--compare", "HEAD"],
    /^shop: --peer and --compare exclude .*\n$/,
  ],
  [
    ["--peer", "http://127.0.0.1:1", "--peer-pids", "none"],
    /^shop: --peer-pids is "none": expected ids of processes .*\n$/,
  ],
];

for (const [args, message] of wrong) {
  test(`bench ${args.join(" ")} prints one line and exits with code 2`, (t) => {
    const env = openTemporaryFolder(t);
    const { status, stderr, stdout } = spawnSync(process.execPath, [program, "bench", ...args], {
      encoding: "utf8",
      env: { ...process.env, ...env },
    });
    assert.match(stderr, message);
    assert.deepEqual({ status, stdout }, { status: 2, stdout: "" });
    assert.deepEqual(readdirSync(env.TMPDIR), []);
  });
}

for (const [moment, pattern] of [
  ["builds the other commit", /^shop-compare-\w+$/],
  ["starts and measures functions", /^shop-bench-\w+\/reference\/compile-cache$/],
] as const) {
  test(`Ctrl-C while it ${moment} removes the temporary folders and exits with 130`, async (t) => {
    const env = openTemporaryFolder(t);
    const child = spawn(process.execPath, [program, ...compare, "HEAD", "--rounds", "1000"], {
      stdio: "ignore",
      env: { ...process.env, ...env },
    });
    t.after(() => child.kill("SIGKILL"));
    const exited = once(child, "exit");
    const list = () => globSync(["*", "shop-bench-*/*/*"], { cwd: env.TMPDIR });
    await poll(
      async () => list().some((path) => pattern.test(path)) || undefined,
      () => list().join(),
      60_000,
    );
    child.kill("SIGINT");
    assert.deepEqual(await exited, [130, null]);
    assert.deepEqual(list(), []);
  });
}
