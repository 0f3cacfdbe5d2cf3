import assert from "node:assert/strict";
import { test } from "node:test";
import { checkModel } from "./check-model.ts";

// A busy machine makes a few thousand runs, an idle one 40,000.
const minRuns = 500;
const timeMs = 60_000;
// The least number of runs that is sure to reach all that is listed here.
const coveringRuns = 5000;

// Checkout is killed before and after each of these calls and writes in one of about 100 runs.
const commonCrashes = [
  ...["charging", "shipping", "placed", "confirmed"].map((state) => `orders.replace ${state}`),
  ...["payment.charge", "shipping.shipOrder", "cart.removeItems", "event"],
].flatMap((call) => [`${call} request`, `${call} answer`]);

test("no random run violates an invariant", { timeout: 3 * timeMs }, async (t) => {
  const { runs, seed, coverage, failure } = await checkModel({ runs: Infinity, timeMs });
  t.diagnostic(`${runs} runs with the seed ${seed}`);
  assert.equal(failure, undefined, describe(seed, failure));
  assert.ok(runs >= minRuns, `only ${runs} runs in ${timeMs} ms`);
  if (runs < coveringRuns) return;
  const missed = commonCrashes.filter((call) => !coverage.crashes.has(call));
  assert.deepEqual(missed, [], "checkout was killed at each of its steps");
  const final = ["confirmed", "refunded", "failed", "placed"];
  assert.deepEqual([...coverage.states.keys()].sort(), final.sort());
});

function describe(
  seed: number,
  failure: Awaited<ReturnType<typeof checkModel>>["failure"],
): string | undefined {
  if (!failure) return undefined;
  const { run, error, path } = failure;
  const replay = `npm run model -- --seed ${seed} --path ${path}`;
  return `${error.message}\nrun: ${JSON.stringify(run)}\nreplay: ${replay}`;
}
