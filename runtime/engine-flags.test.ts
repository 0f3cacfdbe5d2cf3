import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";

const modulePath = join(import.meta.dirname, "engine-flags.ts");

// As functions are started.
const heapFlags = ["--max-semi-space-size=8", "--max-old-space-size=128"];

/** Runs a program in a process with a function's heap, and returns the JSON that it prints. */
function run(source: string): unknown {
  const text = `import { growHeapFaster, optimizeSooner } from ${JSON.stringify(modulePath)};\n${source}`;
  const args = [...heapFlags, "--allow-natives-syntax", "--input-type=module", "--eval", text];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  assert.notEqual(stdout, "", stderr);
  return JSON.parse(stdout);
}

// Counts the full collections while 12 MB are kept and 1 GB becomes garbage in the old generation.
const count = `
  import { PerformanceObserver, constants } from "node:perf_hooks";
  let count = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { detail } of list.getEntries()) count += Number(detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR);
  });
  observer.observe({ type: "gc" });
  const kept = [];
  for (let index = 0; index < 500; index += 1) {
    kept[index % 6] = new Array(250_000).fill(index);
    await new Promise((resolve) => setImmediate(resolve));
  }
  console.log(count);`;

test("a heap that may grow faster has fewer full collections", () => {
  const before = Number(run(count));
  const after = Number(run(`growHeapFaster(); ${count}`));
  assert.ok(after > 0 && after <= before / 1.5, `${before} without, ${after} with it`);
});

// The calls after which TurboFan has optimized a function, at most 20,000.
const countCalls = `
  import { setTimeout as sleep } from "node:timers/promises";
  const turboFanned = 64;
  function sum(lines) {
    let total = 0;
    for (const { price } of lines) total += price;
    return total;
  }
  let calls = 0;
  for (; calls < 20_000 && !(%GetOptimizationStatus(sum) & turboFanned); calls += 1) {
    sum([{ price: calls }, { price: 2 }]);
    // The compiler runs in another thread.
    if (calls % 50 === 0) await sleep(1);
  }
  console.log(calls);`;

test("code is optimized after fewer calls", () => {
  const before = Number(run(countCalls));
  const after = Number(run(`optimizeSooner(); ${countCalls}`));
  assert.ok(after < before / 3, `${before} without, ${after} with it`);
});

test("V8 accepts a code cache that is written when the process exits", () => {
  const [before, during, atExit] = run(`
    import { cachedDataVersionTag } from "node:v8";
    const tags = [cachedDataVersionTag()];
    process.once("exit", () => console.log(JSON.stringify([...tags, cachedDataVersionTag()])));
    growHeapFaster();
    optimizeSooner();
    tags.push(cachedDataVersionTag());`) as number[];
  assert.notEqual(during, before);
  assert.equal(atExit, before);
});
