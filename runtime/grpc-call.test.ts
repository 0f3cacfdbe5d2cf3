import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, type TestContext, test } from "node:test";
import { SpanStatusCode, trace } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { AdServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "./client.ts";
import { serveForTest } from "./fixtures/serve-for-test.ts";
import { renderMetrics } from "./metrics.ts";
import { implement } from "./rpc.ts";

async function countCalls(): Promise<Record<string, number>> {
  const { body } = await renderMetrics();
  const line =
    /^rpc_server_duration_seconds_count\{rpc_service="hipstershop.AdService",.*grpc_code="(\w+)"\} (\d+)$/gm;
  return Object.fromEntries([...body.matchAll(line)].map(([, code = "", n]) => [code, Number(n)]));
}

describe("a gRPC call whose caller no longer waits", () => {
  test("is CANCELLED if the caller cancels early, although the handler ends after the deadline", async (t) => {
    const { call, span } = await openAds(t, async (signal) => {
      await once(signal, "abort");
      await once(over, "abort");
    });
    const timeoutMs = 2000;
    const over = AbortSignal.timeout(timeoutMs);
    await assert.rejects(call({ timeoutMs, leaves: true }), { code: "CANCELLED" });
    assert.equal((await span()).attributes["rpc.status_code"], "CANCELLED");
  });

  for (const [what, code, timeoutMs, status] of [
    ["is CANCELLED if the caller cancelled", "CANCELLED", 10_000, SpanStatusCode.UNSET],
    [
      "is DEADLINE_EXCEEDED if its deadline has passed",
      "DEADLINE_EXCEEDED",
      2000,
      SpanStatusCode.ERROR,
    ],
  ] as const) {
    for (const outcome of ["answers", "fails"] as const) {
      test(`${what}, although the handler ${outcome}`, async (t) => {
        const before = await countCalls();
        const { call, span } = await openAds(t, async (signal) => {
          await once(signal, "abort");
          if (outcome === "fails") throw new Error("no ads");
        });
        await assert.rejects(call({ timeoutMs, leaves: code === "CANCELLED" }), { code });
        const recorded = await span();
        assert.equal(recorded.attributes["rpc.status_code"], code);
        assert.equal(recorded.status.code, status);
        assert.deepEqual(await countCalls(), { ...before, [code]: (before[code] ?? 0) + 1 });
      });
    }
  }
});

test("the end of a call that was answered does not abort its handler's signal", async (t) => {
  const signals: AbortSignal[] = [];
  const service = implement(AdServiceDefinition, {
    getAds: (_request, { signal }) => {
      signals.push(signal);
      return { ads: [] };
    },
  });
  const server = await serveForTest({ services: [service] });
  const client = createClient(AdServiceDefinition, server.address);
  t.after(() => client.close());
  await client.getAds({ contextKeys: [] });
  // Until the stream of the call is closed.
  await server.drain();
  assert.deepEqual(
    signals.map(({ aborted }) => aborted),
    [false],
  );
});

/** Serves ads, for one call of a caller that may cancel as soon as the handler runs. */
async function openAds(t: TestContext, handle: (signal: AbortSignal) => Promise<void>) {
  const started = Promise.withResolvers<ReadableSpan>();
  const service = implement(AdServiceDefinition, {
    getAds: async (_request, { signal }) => {
      started.resolve(trace.getActiveSpan() as unknown as ReadableSpan);
      await handle(signal);
      return { ads: [] };
    },
  });
  const server = await serveForTest({ services: [service] });
  t.after(() => server.close());
  const client = createClient(AdServiceDefinition, server.address);
  t.after(() => client.close());
  return {
    call: async ({ timeoutMs, leaves }: { timeoutMs: number; leaves: boolean }) => {
      const caller = new AbortController();
      const { signal } = caller;
      const answer = client.getAds({ contextKeys: [] }, { timeoutMs, signal });
      if (leaves) void started.promise.then(() => caller.abort());
      await answer;
    },
    span: async () => {
      await server.drain();
      return started.promise;
    },
  };
}
