import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { serveForTest } from "./fixtures/serve-for-test.ts";
import { Health } from "./health.ts";
import { configureLog } from "./log.ts";

const general = "not ready: the function's log has the reason";

describe("the readiness", () => {
  test("is checked once for the requests of a second", async () => {
    const running: (() => void)[] = [];
    const clock = { ms: 0 };
    const checkReady = () => new Promise<void>((resolve) => running.push(resolve));
    const health = new Health(checkReady, () => clock.ms);
    const first = Promise.all([health.check(), health.check()]);
    clock.ms += 5000;
    const joined = health.check();
    assert.equal(running.length, 1);
    running[0]?.();
    assert.deepEqual(await Promise.all([first, joined]), [[undefined, undefined], undefined]);
    clock.ms += 999;
    await health.check();
    assert.equal(running.length, 1);
    clock.ms += 1;
    void health.check();
    assert.equal(running.length, 2);
  });

  test("is that of a drain at once", async () => {
    const health = new Health();
    assert.equal(await health.check(), undefined);
    health.startDraining();
    assert.match((await health.check()) ?? "", /^draining: /);
  });

  test("has its reason in the log alone, and there at most every ten seconds", async (t) => {
    const clock = { ms: 0 };
    const lines: string[] = [];
    const checkReady = () => Promise.reject(new Error("redis:6379 is gone"));
    const server = await serveForTest({ checkReady });
    t.after(() => server.close());
    configureLog({ write: (line) => lines.push(line) });
    t.after(() => configureLog({ write: () => undefined }));
    const response = await fetch(`http://${server.address}/health/readiness`);
    assert.equal(response.status, 503);
    assert.equal(await response.text(), `${general}\n`);
    assert.match(lines.join(), /not ready.*redis:6379 is gone/);
    lines.length = 0;
    const health = new Health(checkReady, () => clock.ms);
    for (; clock.ms <= 10_000; clock.ms += 1000) assert.equal(await health.check(), general);
    assert.equal(lines.length, 2);
  });
});
