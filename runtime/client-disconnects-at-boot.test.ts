import assert from "node:assert/strict";
import { request } from "node:http";
import { test } from "node:test";
import { BackgroundWork } from "./background-work.ts";
import { BootTimeline } from "./boot-timeline.ts";
import { readEnvironment } from "./environment.ts";
import { InFlight } from "./in-flight.ts";
import { renderMetrics } from "./metrics.ts";
import { Prewarmer } from "./prewarm.ts";
import { serve } from "./serve.ts";
import { Telemetry } from "./telemetry.ts";
import { readTracingConfig } from "./tracing-config.ts";

test("a client that disconnects during a cold start counts as 499, and no request stays in flight", async (t) => {
  const service = "starting";
  const tracing = readEnvironment({ OTEL_TRACES_EXPORTER: "none" }, readTracingConfig);
  const telemetry = new Telemetry({ service, revision: undefined, tracing });
  const boot = new BootTimeline();
  const started = Promise.withResolvers<void>();
  const inFlight = new InFlight((count) => {
    if (count > 0) started.resolve();
  });
  const prewarmer = new Prewarmer({ service, mode: "off", dependencies: {}, predicts: false });
  const scope = { service, boot, background: new BackgroundWork(), inFlight, telemetry, prewarmer };
  let asked = 0;
  const http = () => {
    asked += 1;
  };
  const serving = await serve({ http }, scope, { host: "127.0.0.1", port: 0 });
  t.after(() => serving.close());
  const sent = request({ port: serving.port, host: "127.0.0.1" });
  sent.on("error", () => undefined).end();
  await started.promise;
  sent.destroy();
  await t.waitFor(() => assert.equal(inFlight.count, 0), { timeout: 10_000 });
  await telemetry.load(boot);
  const { body } = await renderMetrics();
  assert.match(body, /http_response_status_code="499",cold="true"\} 1$/m);
  assert.equal(asked, 0);
});
