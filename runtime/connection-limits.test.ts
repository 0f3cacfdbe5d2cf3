import assert from "node:assert/strict";
import { test } from "node:test";
import { connectionLimits } from "./connection-limits.ts";
import { http2Preface } from "./detect-protocol.ts";
import { RawClient } from "./fixtures/raw-client.ts";
import { serveForTest } from "./fixtures/serve-for-test.ts";
import { openMetricsServer } from "./metrics-server.ts";

const limits = {
  firstBytesMs: 100,
  headMs: 150,
  requestMs: 300,
  keepAliveMs: 250,
  idleMs: 250,
  checkMs: 20,
  lingerMs: 50,
};

const preface = http2Preface;
const settings = "\0\0\0\x04\0\0\0\0\0";
// HEADERS of stream 1 without END_HEADERS: a CONTINUATION would have to follow.
const unfinishedHeaders = "\0\0\x01\x01\0\0\0\0\x01\x83";
const post = "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n";
const endlessHead = `GET / HTTP/1.1\r\nx: ${"y".repeat(10_000)}`;

/** The bytes that a client sends at once, and those that it then sends one by one every 20 ms. */
const silentClients: readonly [title: string, sent: string, dripped?: string][] = [
  ["a connection that sends nothing", ""],
  ["half of the HTTP/2 preface", preface.slice(0, 12)],
  ["an HTTP/2 preface that arrives byte by byte", "", preface],
  ["the HTTP/2 preface alone", preface],
  ["the HTTP/2 preface and settings alone", preface + settings],
  ["HTTP/2 headers that do not end", preface + settings + unfinishedHeaders],
  ["a request head that stops", "GET / HT"],
  ["a request head that arrives byte by byte", "", endlessHead],
  [
    "a second request head that arrives byte by byte",
    "GET / HTTP/1.1\r\nhost: x\r\n\r\n",
    endlessHead,
  ],
  ["a POST that stops in its body", `${post}abc`],
  ["a POST whose body arrives byte by byte", post.replace("10", "10000"), "a".repeat(10_000)],
  [
    "a POST that stops in its body, which the handler does not read",
    `${post.replace("/", "/unread")}abc`,
  ],
];

for (const [title, sent, dripped = ""] of silentClients) {
  test(`a function's port closes ${title}`, async (t) => {
    const server = await serveForTest({
      limits,
      http: async (request, response) => {
        if (request.url !== "/unread") for await (const _chunk of request);
        response.end("read");
      },
    });
    t.after(() => server.close());
    const client = await RawClient.open(t, server.port);
    client.send(sent);
    void client.drip(dripped, 20);
    await client.untilEnd(2000);
    await client.untilRefused(2000);
  });
}

test("the metrics port closes connections that send nothing or part of a request", async (t) => {
  const server = await openMetricsServer(
    { host: "127.0.0.1", port: 0 },
    { ...connectionLimits, ...limits },
  );
  t.after(() => server.close());
  for (const sent of ["", "GET /met", `${post}abc`, preface.slice(0, 12), preface]) {
    const client = await RawClient.open(t, server.port);
    client.send(sent);
    await client.untilEnd(2000);
    await client.untilRefused(2000);
  }
});

test("the default limits close such connections within 60 s", () => {
  const { firstBytesMs, headMs, requestMs, idleMs, checkMs, lingerMs } = connectionLimits;
  assert.ok(headMs <= requestMs, "the head is a part of the request");
  assert.ok(firstBytesMs + requestMs + checkMs < 60_000, "HTTP/1.1");
  assert.ok(firstBytesMs + idleMs + lingerMs < 60_000, "HTTP/2");
});

test("the default keep-alive is longer than the 90 s of Go's transport", () => {
  assert.ok(connectionLimits.keepAliveMs > 90_000);
});

test("closes a keep-alive connection on which no request follows", async (t) => {
  const server = await serveForTest({ limits, http: (_request, response) => void response.end() });
  t.after(() => server.close());
  const client = await RawClient.open(t, server.port);
  await client.request("GET", "/");
  await client.untilEnd(2000);
});

test("the default limits close an idle gRPC connection by the client first", () => {
  // grpc-js checks every 10 s for connections that no channel uses.
  const sweepMs = 10_000;
  assert.ok(connectionLimits.clientIdleMs + sweepMs < connectionLimits.idleMs);
});

test("the default limits end a drain within 60 s, including background work and the last spans", () => {
  assert.ok(connectionLimits.drainMs + 20_000 + 5000 < 60_000);
});

test("a drain waits for an incomplete POST no longer than its limit", async (t) => {
  const started = Promise.withResolvers<void>();
  const server = await serveForTest({
    limits: { drainMs: 200 },
    http: async (request, response) => {
      started.resolve();
      for await (const _chunk of request);
      response.end();
    },
  });
  t.after(() => server.close());
  const client = await RawClient.open(t, server.port);
  client.send(`${post}abc`);
  await started.promise;
  const startMs = performance.now();
  await server.drain();
  const tookMs = performance.now() - startMs;
  assert.ok(tookMs >= 190 && tookMs < 2000, `it took ${tookMs} ms`);
  await client.untilEnd(2000);
});

test("a drain closes idle connections at once and waits for the others", async (t) => {
  const started = Promise.withResolvers<void>();
  const mayEnd = Promise.withResolvers<void>();
  const server = await serveForTest({
    http: async (request, response) => {
      if (request.url === "/slow") {
        started.resolve();
        await mayEnd.promise;
      }
      response.end("done");
    },
  });
  t.after(() => server.close());
  const idle = await RawClient.open(t, server.port);
  await idle.request("GET", "/");
  const busy = await RawClient.open(t, server.port);
  const answer = busy.request("GET", "/slow");
  await started.promise;
  const drained = server.drain();
  await idle.untilEnd(2000);
  mayEnd.resolve();
  assert.match(await answer, /^HTTP\/1\.1 200 OK[\s\S]*done$/);
  await drained;
});
