import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { findTraceSource } from "./source.ts";

async function serve(t: TestContext, answer: (url: URL, request: IncomingMessage) => unknown) {
  const server = createServer((request, response) => {
    const body = answer(new URL(request.url ?? "/", "http://localhost"), request);
    response.writeHead(body === undefined ? 500 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(body ?? "broken"));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A Jaeger with a trace of one page for each start: the newest that were asked for come first. */
function jaegerOf(startsUs: readonly number[]) {
  return (url: URL) => {
    if (url.pathname !== "/api/traces") return { data: null };
    const bound = (name: string) => Number(url.searchParams.get(name));
    const found = startsUs
      .filter((startUs) => startUs >= bound("start") && startUs <= bound("end"))
      .toSorted((a, b) => b - a)
      .slice(0, bound("limit"));
    assert.ok(bound("limit") <= 100, "no answer is too large for Jaeger's memory");
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

test("the traces of a stretch of time are read from Jaeger in pages, each once", async (t) => {
  const starts = Array.from({ length: 130 }, (_, index) => secondsAgo(index + 1) + index);
  const url = await serve(t, jaegerOf([...starts, secondsAgo(1000)]));
  const source = await findTraceSource({ jaeger: url, namespace: "shop" });
  const { traces, coveredMs } = await source.readTraces(600_000);
  assert.equal(traces.length, 130);
  assert.equal(new Set(traces.map(([span]) => span?.traceId)).size, 130);
  assert.equal(coveredMs, 600_000);
});

test("of more traces than are read it is said how far back they reach", async (t) => {
  const starts = Array.from({ length: 1500 }, (_, index) => secondsAgo(index / 10) - index);
  const source = await findTraceSource({ jaeger: await serve(t, jaegerOf(starts)), namespace: "" });
  const { traces, coveredMs } = await source.readTraces(600_000);
  assert.equal(traces.length, 1000);
  assert.ok(coveredMs > 95_000 && coveredMs < 110_000, `${coveredMs}`);
});

test("a source that is named is the only one that is asked, and one that breaks is named", async (t) => {
  const named = { jaeger: "http://127.0.0.1:1", namespace: "shop" };
  await assert.rejects(findTraceSource(named), {
    name: "NoTraceSourceError",
    message: /^nobody to ask for traces: Jaeger at http:\/\/127\.0\.0\.1:1 \(.+\)$/,
  });
  const url = await serve(t, ({ pathname }) =>
    pathname.startsWith("/api/v2/trace/") ? [] : undefined,
  );
  const source = await findTraceSource({ local: url, namespace: "shop" });
  assert.deepEqual(await source.readTrace("1".repeat(32)), []);
  await assert.rejects(source.readTraces(1000), {
    name: "TraceReadError",
    message: `the local platform at ${url} does not tell: it answered 500`,
  });
});
