import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { measure, startFaulty } from "../fixtures/faulty-function.ts";

const killed = [null, "SIGKILL"];

describe("faults of a served method", () => {
  test("a status is answered instead of the effect, or after it", async (t) => {
    const before = await startFaulty(t, "AdService/GetAds:status=ABORTED");
    await assert.rejects(before.call(), {
      code: "ABORTED",
      message: "injected fault: hipstershop.AdService/GetAds answers ABORTED",
    });
    assert.equal(before.done(), 0);
    const after = await startFaulty(t, "*:status=INTERNAL,after");
    await assert.rejects(after.call(), { code: "INTERNAL" });
    assert.equal(after.done(), 1);
  });

  test("a latency delays the handler, which runs even if its caller has left", async (t) => {
    const slow = await startFaulty(t, "AdService/*:latency=300ms..400ms");
    const waited = await measure(slow.call());
    assert.equal(waited.code, "OK");
    assert.ok(waited.ms >= 299, `${waited.ms} ms`);
    assert.equal((await measure(slow.call(100))).code, "DEADLINE_EXCEEDED");
    assert.equal(slow.done(), 1);
    await t.waitFor(() => assert.equal(slow.done(), 2), { timeout: 10_000 });
  });

  test("hangs until the caller leaves, without the effect or after it", async (t) => {
    const before = await startFaulty(t, "AdService/GetAds:hang");
    assert.equal((await measure(before.call(200))).code, "DEADLINE_EXCEEDED");
    const ended = () => before.readMetrics().then((text) => assert.match(text, /GetAds/));
    await t.waitFor(ended, { timeout: 10_000 });
    assert.equal(before.done(), 0);
    const after = await startFaulty(t, "AdService/GetAds:hang=after");
    assert.equal((await measure(after.call(200))).code, "DEADLINE_EXCEEDED");
    assert.equal(after.done(), 1);
  });

  for (const [when, effects] of [
    ["before", 0],
    ["after", 1],
  ] as const) {
    test(`a crash ${when} the effect kills the process with ${effects} effects`, async (t) => {
      const rule = `AdService/GetAds:crash=${when}`;
      const crashing = await startFaulty(t, rule);
      await assert.rejects(crashing.call(), { code: "UNAVAILABLE" });
      assert.deepEqual(await crashing.exited, killed);
      assert.equal(crashing.done(), effects);
      const logged = `injecting a fault into hipstershop.AdService/GetAds: ${rule}`;
      assert.equal(crashing.count(logged), 1);
    });
  }

  test("a burn uses its CPU time", async (t) => {
    const busy = await startFaulty(t, "*:cpu=400ms");
    const beforeSeconds = await busy.readMetric("process_cpu_seconds_total");
    const { ms, code } = await measure(busy.call());
    assert.equal(code, "OK");
    assert.ok(ms >= 399, `${ms} ms`);
    const usedSeconds = (await busy.readMetric("process_cpu_seconds_total")) - beforeSeconds;
    assert.ok(usedSeconds >= 0.4, `${usedSeconds} s`);
  });

  test("a leak keeps its bytes in memory", async (t) => {
    const leaking = await startFaulty(t, "*:leak=64Mi");
    await leaking.call();
    const firstBytes = await leaking.readMetric("process_resident_memory_bytes");
    await leaking.call();
    const secondBytes = await leaking.readMetric("process_resident_memory_bytes");
    const grownMi = (secondBytes - firstBytes) / 1024 ** 2;
    assert.ok(grownMi > 56, `${grownMi} Mi`);
  });
});
