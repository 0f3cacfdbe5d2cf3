import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { measure, startFaulty } from "../fixtures/faulty-function.ts";

describe("faults of a request over HTTP", () => {
  test("a status is sent instead of the response, under the route of the rule", async (t) => {
    const { url, done, readMetrics } = await startFaulty(t, "POST /product/{id}:status=503");
    const response = await fetch(`${url}/product/a`, { method: "POST" });
    assert.equal(response.status, 503);
    assert.equal(await response.text(), "injected fault: POST /product/a answers 503\n");
    assert.equal(done(), 0);
    assert.equal((await fetch(`${url}/product/a`)).status, 200);
    assert.match(
      await readMetrics(),
      /_count\{http_request_method="POST",http_route="\/product\/\{id\}",http_response_status_code="503"/,
    );
  });

  test("the status of a fault in all requests is that of its code", async (t) => {
    const { url } = await startFaulty(t, "*:status=RESOURCE_EXHAUSTED");
    assert.equal((await fetch(url)).status, 429);
    assert.equal((await fetch(`${url}/health/readiness`)).status, 200);
  });

  test("a latency delays the handler or the response", async (t) => {
    for (const when of ["before", "after"]) {
      const { url, done } = await startFaulty(t, `GET /:latency=300ms,${when}`);
      const answered = measure(
        fetch(url)
          .then((response) => response.text())
          .then((text) => assert.equal(text, "ab")),
      );
      if (when === "after") await t.waitFor(() => assert.equal(done(), 1), { timeout: 10_000 });
      const { ms, code } = await answered;
      assert.equal(code, "OK");
      assert.ok(ms >= 299, `${ms} ms`);
    }
  });

  test("hangs until the client disconnects", async (t) => {
    const { url, done, count } = await startFaulty(t, "GET /:hang");
    await assert.rejects(fetch(url, { signal: AbortSignal.timeout(200) }), {
      name: "TimeoutError",
    });
    assert.equal(done(), 0);
    assert.equal(count(/failed/), 0);
  });

  for (const [when, effects] of [
    ["before", 0],
    ["after", 1],
  ] as const) {
    test(`a crash ${when} the effect sends no response and has ${effects} effects`, async (t) => {
      const { url, done, exited } = await startFaulty(t, `GET /:crash=${when}`);
      await assert.rejects(fetch(url), /fetch failed/);
      assert.deepEqual(await exited, [null, "SIGKILL"]);
      assert.equal(done(), effects);
    });
  }
});
