import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { type LivenessProbe, livenessProbe } from "#manifest/liveness-probe.ts";
import { watchLiveness } from "./watch-liveness.ts";

test("an instance hangs if three probes in a row fail, and not if one between them succeeds", async (t) => {
  const statuses = [500, 500, 200, 500, 500, 200, 500, 500, 500];
  const sent: number[] = [];
  const reason = await watch(t, { periodSeconds: 0.05 }, (_, response) => {
    const status = statuses[sent.length] ?? 200;
    sent.push(status);
    response.writeHead(status).end();
  });
  assert.equal(reason, "it failed 3 liveness probes in a row: it answered HTTP 500");
  assert.deepEqual(sent, statuses);
});

test("a probe that is not answered in time fails, but not while the platform itself was paused", async (t) => {
  let count = 0;
  const probe = { periodSeconds: 0.2, timeoutSeconds: 0.05, failureThreshold: 1 };
  const reason = watch(t, probe, () => {
    count += 1;
    if (count === 1) block(1500);
  });
  assert.equal(await reason, "it failed 1 liveness probes in a row: no answer within 0.05 s");
  assert.ok(count > 1, "the first probe does not count");
});

/** Probes a server until it counts as one that hangs; resolves with the reason. */
async function watch(t: TestContext, probe: Partial<LivenessProbe>, answer: RequestListener) {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const { promise, resolve } = Promise.withResolvers<string>();
  const stop = watchLiveness(port, { ...livenessProbe, ...probe }, resolve);
  t.after(() => {
    stop();
    server.close().closeAllConnections();
  });
  return promise;
}

function block(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}
