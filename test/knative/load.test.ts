import assert from "node:assert/strict";
import { test } from "node:test";
import { readLoadOptions } from "#load/options.ts";
import { runLoad } from "#load/run.ts";
import { cluster, skip, waitForZero } from "./fixtures/cluster.ts";

test("no request fails in two minutes of storefront traffic from zero", { skip }, async () => {
  await waitForZero();
  const options = readLoadOptions(
    {
      url: `http://${cluster.gateway}`,
      hostHeader: cluster.storefront,
      users: "6",
      spawnRate: "0.5",
      // Long enough for functions that few pages need to go to zero meanwhile.
      thinkTime: "1s-12s",
      duration: process.env.LOAD_DURATION ?? "120s",
      // A page from zero waits for a chain of cold starts.
      timeout: "45s",
    },
    () => 20_261_124,
  );
  const { total, errors } = await runLoad(options);
  assert.deepEqual(errors, []);
  assert.ok(total.count > 50, `only ${total.count} requests`);
});
