import assert from "node:assert/strict";
import { test } from "node:test";
import { serve } from "./fixtures/serve.ts";
import { jaegerSource } from "./jaeger.ts";
import { checkSource } from "./trace-source.ts";

/** A Jaeger with a trace of one page for each start; the newest of a time range are first. */
function jaegerOf(startsUs: readonly number[]) {
  return (url: URL) => {
    if (url.pathname !== "/api/traces") return { data: null };
    const bound = (name: string) => Number(url.searchParams.get(name));
    const found = startsUs
      .filter((startUs) => startUs >= bound("start") && startUs <= bound("end"))
      .toSorted((a, b) => b - a)
      .slice(0, bound("limit"));
    assert.ok(bound("limit") <= 100, "a page is small enough for Jaeger's memory");
    return {
      data: found.map((startTime) => {
        const span = { traceID: `${startTime}`, spanID: "1", operationName: "GET /" };
        return {
          processes: { p1: { serviceName: "frontend" } },
          spans: [{ ...span, processID: "p1", startTime, duration: 5 }],
        };
      }),
    };
  };
}

const secondsAgo = (seconds: number) => (Date.now() - seconds * 1000) * 1000;

test("reads the traces of a time range in pages, each trace once", async (t) => {
  const starts = Array.from({ length: 130 }, (_, index) => secondsAgo(index + 1) + index);
  const url = await serve(t, jaegerOf([...starts, secondsAgo(1000)]));
  const { traces, coveredMs } = await jaegerSource(url).readTraces(600_000);
  assert.equal(traces.length, 130);
  assert.equal(new Set(traces.map(([span]) => span?.traceId)).size, 130);
  assert.equal(coveredMs, 600_000);
});

test("reports how far back the traces reach if there are more than it reads", async (t) => {
  const starts = Array.from({ length: 1500 }, (_, index) => secondsAgo(index / 10) - index);
  const url = await serve(t, jaegerOf(starts));
  const { traces, coveredMs } = await jaegerSource(url).readTraces(600_000);
  assert.equal(traces.length, 1000);
  assert.ok(coveredMs > 95_000 && coveredMs < 110_000, `${coveredMs}`);
});

test("an error names the Jaeger that does not respond", async () => {
  await assert.rejects(checkSource(jaegerSource("http://127.0.0.1:1")), {
    name: "BackendError",
    message: /^Jaeger at http:\/\/127\.0\.0\.1:1 cannot be read: /,
  });
});
