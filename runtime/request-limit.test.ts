import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:http2";
import { type TestContext, test } from "node:test";
import { HealthDefinition } from "#protos/grpc/health/v1/health.ts";
import { CartServiceDefinition } from "#protos/hipstershop.ts";
import { PrewarmServiceDefinition } from "#protos/prewarm.ts";
import { createClient } from "./client.ts";
import { implementCart } from "./fixtures/cart.ts";
import { RawClient } from "./fixtures/raw-client.ts";
import { serveForTest } from "./fixtures/serve-for-test.ts";
import { configureLog } from "./log.ts";
import { renderMetrics } from "./metrics.ts";
import { describeBusy } from "./request-limit.ts";
import type { StatusError } from "./status.ts";

const maxRequests = 2;
const busyPage = describeBusy("text/html; charset=utf-8", "<p>busy</p>", {
  "x-frame-options": "DENY",
});

test("a call beyond the limit is RESOURCE_EXHAUSTED at once, and counted", async (t) => {
  const { cart, running, release, handled } = await serveBusy(t);
  await assert.rejects(cart.addItem({ userId: "u", item: undefined }), (error: StatusError) => {
    assert.equal(error.code, "RESOURCE_EXHAUSTED");
    assert.match(error.message, /^busy has 2 requests in flight, its maximum \(MAX_CONCURRENT_/);
    assert.deepEqual(error.info, { reason: "OVERLOADED", metadata: {} });
    return true;
  });
  assert.equal(handled(), maxRequests);
  const { body } = await renderMetrics();
  assert.match(body, /^server_requests_rejected_total\{protocol="grpc"\} 1$/m);
  assert.match(
    body,
    /^rpc_server_duration_seconds_count\{rpc_service="hipstershop.CartService",rpc_method="AddItem",grpc_code="RESOURCE_EXHAUSTED"\} 1$/m,
  );
  release();
  await Promise.all(running);
  assert.deepEqual(await cart.addItem({ userId: "u", item: undefined }), {});
});

test("a request beyond the limit is a 503 with Retry-After at once, and counted", async (t) => {
  const { address, running, release, handled } = await serveBusy(t);
  const client = await RawClient.open(t, Number(address.split(":")[1]));
  // The connection remains usable, also if the body was not read.
  for (const [method, body] of [
    ["GET", ""],
    ["POST", "a=b"],
    ["GET", ""],
  ] as const) {
    const answer = await client.request(method, "/", body);
    assert.match(answer, /^HTTP\/1\.1 503 /);
    assert.match(answer, /^retry-after: 1\r$/im);
    assert.match(answer, /^cache-control: no-store\r$/im);
    assert.match(answer, /\r\n\r\ntoo many requests: try again in a second\n$/);
  }
  assert.equal(handled(), maxRequests);
  const { body } = await renderMetrics();
  assert.match(body, /^server_requests_rejected_total\{protocol="http"\} 3$/m);
  assert.match(
    body,
    /^http_server_request_duration_seconds_count\{http_request_method="POST",http_route="",http_response_status_code="503",cold="false"\} 1$/m,
  );
  release();
  await Promise.all(running);
  assert.match(await client.request("GET", "/"), /^HTTP\/1\.1 200 /);
});

test("a function chooses its own answer to requests beyond the limit", async (t) => {
  const { address } = await serveBusy(t);
  const page = await fetch(`http://${address}/page`);
  assert.equal(page.status, 503);
  assert.equal(page.headers.get("content-type"), "text/html; charset=utf-8");
  assert.equal(page.headers.get("x-frame-options"), "DENY");
  assert.equal(page.headers.get("retry-after"), "1");
  assert.equal(await page.text(), "<p>busy</p>");
  assert.match(await (await fetch(`http://${address}/other`)).text(), /^too many requests/);
});

test("health checks and warm-up requests are answered beyond the limit", async (t) => {
  const { address } = await serveBusy(t);
  for (const path of ["/health/liveness", "/health/readiness", "/_healthz"]) {
    assert.equal((await fetch(`http://${address}${path}`)).status, 200, path);
  }
  const health = createClient(HealthDefinition, address);
  const prewarm = createClient(PrewarmServiceDefinition, address);
  t.after(() => {
    health.close();
    prewarm.close();
  });
  assert.equal((await health.check({ service: "" })).status, 1);
  assert.deepEqual(await prewarm.wake({ waker: "test" }), {});
});

test("requests over gRPC and HTTP count towards the same limit", async (t) => {
  const { cart, address, release, running } = await serveBusy(t, ["grpc", "http"]);
  assert.equal((await fetch(`http://${address}/`)).status, 503);
  await assert.rejects(cart.getCart({ userId: "u" }), { code: "RESOURCE_EXHAUSTED" });
  release();
  await Promise.all(running);
});

test("the limit is logged once, not for each request", async (t) => {
  const { address } = await serveBusy(t);
  const lines: string[] = [];
  configureLog({ write: (line) => lines.push(JSON.parse(line).message) });
  t.after(() => configureLog({ write: () => undefined }));
  for (let count = 0; count < 5; count += 1) await fetch(`http://${address}/`);
  assert.deepEqual(lines, [
    "2 requests are in flight, the maximum (MAX_CONCURRENT_REQUESTS): more are rejected",
  ]);
});

test("an HTTP/2 connection may have more streams than the limit, so that no call waits", async (t) => {
  const { address } = await serveBusy(t);
  const session = connect(`http://${address}`);
  t.after(() => session.destroy());
  const [{ maxConcurrentStreams }] = await once(session, "remoteSettings");
  assert.equal(maxConcurrentStreams, 2 * maxRequests);
});

/** A function whose limit is reached: its requests wait until `release` is called. */
async function serveBusy(t: TestContext, kinds: readonly ("grpc" | "http")[] = ["grpc", "grpc"]) {
  const mayAnswer = Promise.withResolvers<void>();
  const busy = Promise.withResolvers<void>();
  let handled = 0;
  const handle = async () => {
    handled += 1;
    if (handled === maxRequests) busy.resolve();
    await mayAnswer.promise;
    return {};
  };
  const server = await serveForTest(
    {
      services: [implementCart({ addItem: handle })],
      http: async (request, response) => {
        if (request.url !== "/_healthz") await handle();
        response.end("ok");
      },
      isHealthCheck: (path) => path === "/_healthz",
      answerBusy: ({ url }) => (url === "/page" ? busyPage : undefined),
    },
    "busy",
    { maxRequests },
  );
  const cart = createClient(CartServiceDefinition, server.address);
  const start = {
    grpc: () => cart.addItem({ userId: "u", item: undefined }),
    http: () => fetch(`http://${server.address}/`),
  };
  const running: Promise<unknown>[] = kinds.map((kind) => start[kind]());
  await busy.promise;
  t.after(async () => {
    mayAnswer.resolve();
    await Promise.all(running);
    cart.close();
    await server.close();
  });
  return {
    address: server.address,
    cart,
    running,
    release: mayAnswer.resolve,
    handled: () => handled,
  };
}
