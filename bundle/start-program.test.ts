import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { bundleEntries } from "./bundle-entry.ts";

// WORD selects a function that only this run calls.
const source = `const says: Record<string, () => string> = { hello: () => "hello", bye: () => "bye" };
  const word = process.env.WORD ?? "";
  if (word === "fail") throw new Error("it failed");
  console.log(says[word]?.());`;

interface RunOptions {
  readonly flags?: readonly string[];
  readonly args?: readonly string[];
  readonly hasCache?: boolean;
}

/** Bundles a program, and returns how to run it and how to change its source. */
async function bundleProgram(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "start-program-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const entry = join(folder, "program.ts");
  const starter = join(folder, "dist", "start.cjs");
  const write = async (text: string) => {
    writeFileSync(entry, text);
    await bundleEntries([
      { entry, target: { outfile: join(folder, "dist", "index.cjs"), starter } },
    ]);
  };
  await write(source);
  const cache = join(folder, "cache");
  const run = (word: string, { flags = [], args = [], hasCache = true }: RunOptions = {}) => {
    const cacheOnly = hasCache ? { NODE_COMPILE_CACHE: cache } : {};
    const { stdout, stderr } = spawnSync(process.execPath, [...flags, starter, ...args], {
      encoding: "utf8",
      env: { ...cacheOnly, WORD: word, NODE_DEBUG: "code-cache" },
    });
    const states = [...stderr.matchAll(/ (?:is|cannot be) (\w+)/g)].map(([, state]) => state);
    return { stdout, stderr, states };
  };
  const findCache = () => {
    const [name = ""] = readdirSync(cache, { recursive: true, encoding: "utf8" }).filter((each) =>
      each.endsWith(".code"),
    );
    return join(cache, name);
  };
  return { run, write, findCache };
}

test("a bundle writes a cache of its code when it exits, and the next process uses it", async (t) => {
  const { run } = await bundleProgram(t);
  const first = run("hello");
  assert.deepEqual([first.stdout, first.states], ["hello\n", ["missing", "written"]]);
  const second = run("bye");
  assert.deepEqual([second.stdout, second.states], ["bye\n", ["used"]]);
});

test("the cache of another bundle or of other flags is not used", async (t) => {
  const { run, write } = await bundleProgram(t);
  run("hello");
  assert.deepEqual(run("hello", { flags: ["--no-opt"] }).states, ["missing", "written"]);
  // A source of the same length, which V8 cannot distinguish.
  await write(source.replace('"hello"', '"howdy"'));
  assert.deepEqual(run("hello").stdout, "howdy\n");
});

test("a damaged cache is replaced", async (t) => {
  const { run, findCache } = await bundleProgram(t);
  run("hello");
  const file = findCache();
  const { size } = statSync(file);
  writeFileSync(file, readFileSync(file).subarray(0, size / 2));
  assert.deepEqual(run("hello").states, ["rejected", "written"]);
  assert.equal(statSync(file).size, size);
});

test("a bundle runs without a cache, and if its cache cannot be written", async (t) => {
  const { run, findCache } = await bundleProgram(t);
  const { stdout, states } = run("hello", { hasCache: false });
  assert.deepEqual([stdout, states], ["hello\n", ["missing"]]);
  run("hello");
  rmSync(findCache());
  assert.match(run("fail").stderr, /\/dist\/index\.cjs:1:\d+\)?\n/);
});

test("a run with arguments, such as a sweep, uses the cache of boots and writes none", async (t) => {
  const { run } = await bundleProgram(t);
  assert.deepEqual(run("hello", { args: ["sweep"] }).states, ["missing"]);
  run("hello");
  assert.deepEqual(run("hello", { args: ["sweep"] }).states, ["used"]);
});
