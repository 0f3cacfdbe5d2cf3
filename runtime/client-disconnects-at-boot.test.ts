import assert from "node:assert/strict";
import { request } from "node:http";
import { type TestContext, test } from "node:test";
import { CartServiceDefinition } from "#protos/hipstershop.ts";
import { BackgroundWork } from "./background-work.ts";
import { BootTimeline } from "./boot-timeline.ts";
import { createClient } from "./client.ts";
import { readEnvironment } from "./environment.ts";
import { implementCart } from "./fixtures/cart.ts";
import { InFlight } from "./in-flight.ts";
import { renderMetrics } from "./metrics.ts";
import { Prewarmer } from "./prewarm.ts";
import { RequestLimit } from "./request-limit.ts";
import { RequestQueue } from "./request-queue.ts";
import { type FunctionDefinition, serve } from "./serve.ts";
import { SlowClients } from "./slow-clients.ts";
import { Telemetry } from "./telemetry.ts";
import { readTracingConfig } from "./tracing-config.ts";

test("a client that disconnects during a cold start counts as 499, and no request stays in flight", async (t) => {
  let asked = 0;
  const http = () => {
    asked += 1;
  };
  const { port, started, inFlight, boot } = await serveStarting(t, { http });
  const sent = request({ port, host: "127.0.0.1" });
  sent.on("error", () => undefined).end();
  await started;
  sent.destroy();
  await t.waitFor(() => assert.equal(inFlight.count, 0), { timeout: 10_000 });
  await boot();
  const { body } = await renderMetrics();
  assert.match(body, /http_response_status_code="499",cold="true"\} 1$/m);
  assert.equal(asked, 0);
});

for (const [what, options, code] of [
  ["is cancelled", () => ({ signal: AbortSignal.timeout(500) }), "CANCELLED"],
  ["passes its deadline", () => ({ timeoutMs: 500 }), "DEADLINE_EXCEEDED"],
] as const) {
  test(`a write that ${what} during a cold start is not made`, async (t) => {
    let writes = 0;
    const cart = implementCart({
      addItem: () => {
        writes += 1;
        return {};
      },
    });
    const { port, started, inFlight, boot } = await serveStarting(t, { services: [cart] });
    const client = createClient(CartServiceDefinition, `127.0.0.1:${port}`);
    t.after(() => client.close());
    const write = client.addItem({ userId: "u", item: undefined }, options());
    await Promise.all([started, assert.rejects(write, { code })]);
    // Takes longer than the cancellation, which Node.js sends in a later turn of the event loop.
    await fetch(`http://127.0.0.1:${port}/health/liveness`);
    await boot();
    await t.waitFor(() => assert.equal(inFlight.count, 0), { timeout: 10_000 });
    assert.equal(writes, 0);
  });
}

/** Serves a function whose requests wait until `boot` is called. */
async function serveStarting(t: TestContext, definition: FunctionDefinition) {
  const service = "starting";
  const tracing = readEnvironment({ OTEL_TRACES_EXPORTER: "none" }, readTracingConfig);
  const telemetry = new Telemetry({ service, revision: undefined, tracing });
  const boot = new BootTimeline();
  const started = Promise.withResolvers<void>();
  const inFlight = new InFlight((count) => {
    if (count > 0) started.resolve();
  });
  const prewarmer = new Prewarmer({ service, mode: "off", dependencies: {}, predicts: false });
  const limit = new RequestLimit(service, inFlight);
  const background = new BackgroundWork();
  const counts = { inFlight, limit, queue: new RequestQueue(), slowClients: new SlowClients() };
  const scope = { service, boot, background, ...counts, telemetry, prewarmer };
  const serving = await serve(definition, scope, { host: "127.0.0.1", port: 0 });
  t.after(() => serving.close());
  return {
    port: serving.port,
    started: started.promise,
    inFlight,
    boot: () => telemetry.load(boot),
  };
}
