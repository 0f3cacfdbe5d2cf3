import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, type TestContext, test } from "node:test";
import { credentials, Client as GrpcClient, Metadata } from "@grpc/grpc-js";
import { AdRequest, AdServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "./client.ts";
import { forkFixture, untilReady } from "./fixtures/fork-fixture.ts";
import { startCollector } from "./fixtures/span-collector.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";

const forkFunction = (t: TestContext, env: Record<string, string> = {}) =>
  forkFixture(t, "ad-function.ts", env);

describe("a function's process", () => {
  test("exports the boot as part of its first request's trace, at SIGTERM at the latest", async (t) => {
    const collector = await startCollector(t);
    const spawnedAtMs = performance.timeOrigin + performance.now();
    const { child, lines } = forkFunction(t, {
      OTEL_EXPORTER_ZIPKIN_ENDPOINT: collector.url,
      SHOP_SPAWNED_AT: String(spawnedAtMs),
    });
    const { port, boot } = await untilReady(child);
    assert.deepEqual(Object.keys(boot), ["spawn", "node", "modules", "listen", "telemetry"]);
    const call = prepareCall(port);
    t.after(() => call.close());
    await call.getAds({ b3: `${traceId}-b7ad6b7169203331-1` });
    await call.getAds({ traceparent: `00-${traceId}-b7ad6b7169203332-01` });
    child.kill("SIGTERM");
    assert.deepEqual(await once(child, "exit"), [0, null]);

    // Real collectors refuse anything else (Zipkin v2 API: int64).
    assert.ok(collector.spans.every((span) => Number.isInteger(span.timestamp)));
    assert.ok(collector.spans.every((span) => Number.isInteger(span.duration)));
    const [first, second] = collector.spans.filter(({ kind }) => kind === "SERVER");
    assert.ok(first && second);
    assert.equal(first.name, "hipstershop.AdService/GetAds");
    assert.equal(first.localEndpoint.serviceName, "adservice");
    assert.deepEqual([first.traceId, first.parentId], [traceId, "b7ad6b7169203331"]);
    assert.deepEqual([second.traceId, second.parentId], [traceId, "b7ad6b7169203332"]);
    assert.equal(first.tags["faas.coldstart"], "true");
    assert.equal(second.tags["faas.coldstart"], undefined);

    const bootSpan = collector.spans.find(({ name }) => name === "faas.boot");
    assert.equal(bootSpan?.parentId, first.id);
    assert.ok(Math.abs(bootSpan.timestamp / 1000 - spawnedAtMs) < 1);
    const phases = collector.spans.filter(({ parentId }) => parentId === bootSpan.id);
    assert.deepEqual(phases.map(({ name }) => name).sort(), [
      "faas.boot.listen",
      "faas.boot.modules",
      "faas.boot.node",
      "faas.boot.spawn",
      "faas.boot.telemetry",
    ]);
    const sum = phases.reduce((total, { duration }) => total + duration, 0);
    assert.ok(
      Math.abs(sum - bootSpan.duration) < 100,
      "the sum of the phases is the duration of the boot",
    );

    const asked = lines().filter(({ message }) => message === "ads were requested");
    assert.equal(asked.length, 2);
    const { trace_id, span_id, severity, service } = asked[0] ?? {};
    assert.deepEqual(
      { trace_id, span_id, severity, service },
      { trace_id: traceId, span_id: first.id, severity: "INFO", service: "adservice" },
    );
  });

  test("answers running requests before it exits", async (t) => {
    const { child } = forkFunction(t);
    const { port } = await untilReady(child);
    const client = createClient(AdServiceDefinition, `127.0.0.1:${port}`);
    t.after(() => client.close());
    const running = client.getAds({ contextKeys: ["held"] });
    const [inFlight] = await once(child, "message");
    assert.deepEqual(inFlight, { type: "inflight", count: 1 });
    child.kill("SIGTERM");
    const isClosed = () => assert.rejects(fetch(`http://127.0.0.1:${port}/health/liveness`));
    await t.waitFor(isClosed, { timeout: 10_000 });
    child.send("answer");
    assert.deepEqual((await running).ads, [{ redirectUrl: "/", text: "held" }]);
    assert.deepEqual(await once(child, "exit"), [0, null]);
  });

  test("exits 0 when spans cannot be exported", async (t) => {
    const { child } = forkFunction(t, {
      OTEL_EXPORTER_ZIPKIN_ENDPOINT: "http://127.0.0.1:9/spans",
    });
    const { port } = await untilReady(child);
    const call = prepareCall(port);
    t.after(() => call.close());
    await call.getAds({});
    child.kill("SIGTERM");
    assert.deepEqual(await once(child, "exit"), [0, null]);
  });

  test("exits when the local platform has ended", async (t) => {
    const { child } = forkFunction(t);
    await untilReady(child);
    child.disconnect();
    assert.deepEqual(await once(child, "exit"), [0, null]);
  });

  test("serves its metrics on a separate port", async (t) => {
    const { child } = forkFunction(t);
    const { port, metricsPort } = await untilReady(child);
    const call = prepareCall(port);
    t.after(() => call.close());
    await call.getAds({});
    // The boot's metrics are recorded a moment after the first response.
    const scrape = async () => {
      const response = await fetch(`http://127.0.0.1:${metricsPort}/metrics`);
      const text = await response.text();
      assert.match(text, /faas_coldstarts_total 1/);
      return text;
    };
    const body = await t.waitFor(scrape, { timeout: 10_000 });
    assert.match(
      body,
      /rpc_server_duration_seconds_count\{rpc_service="hipstershop.AdService",rpc_method="GetAds",grpc_code="OK"\} 1/,
    );
    assert.match(body, /faas_boot_seconds_count\{phase="modules"\} 1/);
    assert.match(body, /process_cpu_seconds_total/);
  });

  test("exits 2 and logs each invalid variable", async (t) => {
    const { child, lines } = forkFunction(t, { ADS_TTL: "soon" });
    assert.deepEqual(await once(child, "exit"), [2, null]);
    assert.equal(
      lines().at(-1)?.message,
      'adservice is not configured: ADS_TTL is "soon": expected a duration such as 5.5s, 300ms or 1h30m',
    );
  });

  test("exits 1 and logs the reason if its port is in use", async (t) => {
    const { child } = forkFunction(t);
    const { port } = await untilReady(child);
    const second = forkFunction(t, { PORT: String(port) });
    assert.deepEqual(await once(second.child, "exit"), [1, null]);
    assert.match(second.lines().at(-1)?.message ?? "", /cannot start: .*EADDRINUSE.*\d+/);
  });
});

/** Calls GetAds with headers that the test chooses, which the runtime's client does not allow. */
function prepareCall(port: number) {
  const client = new GrpcClient(`127.0.0.1:${port}`, credentials.createInsecure());
  const { fullName, methods } = AdServiceDefinition;
  return {
    close: () => client.close(),
    getAds: (headers: Record<string, string>) =>
      new Promise<void>((resolve, reject) => {
        const metadata = new Metadata();
        for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
        client.makeUnaryRequest(
          `/${fullName}/${methods.getAds.name}`,
          (request: AdRequest) => Buffer.from(AdRequest.encode(request).finish()),
          (bytes: Buffer) => bytes,
          { contextKeys: ["a"] },
          metadata,
          (error) => (error ? reject(error) : resolve()),
        );
      }),
  };
}
