import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { startFixtures, waitUntil } from "../fixtures/start-fixtures.ts";
import { createPlatformLog } from "../log/platform-log.ts";
import { SpanForwarder } from "./forwarder.ts";

const json = JSON.stringify([{ traceId: "1234", id: "1" }]);

test("forwards spans to ZIPKIN_ENDPOINT, and logs its failure and its recovery once each", async (t) => {
  const bodies: string[] = [];
  let status = 500;
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    bodies.push(`${request.url} ${body}`);
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close().closeAllConnections());
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const lines: string[] = [];
  const platform = await startFixtures(t, {
    env: { ...process.env, ZIPKIN_ENDPOINT: `http://127.0.0.1:${port}` },
    logs: (line) => lines.push(line),
  });
  const post = async (count: number) => {
    await fetch(`${platform.urls.console}/api/v2/spans`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: json,
    });
    await waitUntil(() => bodies.length === count);
  };
  await post(1);
  await post(2);
  await waitUntil(() => lines.some((line) => line.includes("spans do not reach")));
  status = 202;
  await post(3);
  await waitUntil(() => lines.some((line) => line.includes("again")));
  assert.equal(bodies[2], `/api/v2/spans ${json}`);
  assert.equal(lines.filter((line) => line.includes("ZIPKIN_ENDPOINT")).length, 2);
  assert.ok(lines.some((line) => line.includes("again: 2 batches were lost")));
});

test("logs once that batches are dropped, and how many were lost", async (t) => {
  const server = createServer((request) => request.resume()).listen(0, "127.0.0.1");
  t.after(() => server.close().closeAllConnections());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const lines: string[] = [];
  const log = createPlatformLog((line) => lines.push(line));
  const forwarder = new SpanForwarder(new URL(`http://127.0.0.1:${port}`), log);
  // One is being sent, and 100 wait.
  for (let count = 0; count < 110; count += 1) forwarder.send(json);
  await forwarder.close(0);
  assert.equal(lines.length, 2, lines.join("\n"));
  assert.match(
    lines[0] ?? "",
    /do not reach .*: 100 batches wait for it, so that others are dropped/,
  );
  assert.match(lines[1] ?? "", /110 batches were lost/);
});

test("queues at most 16 MiB while the server of ZIPKIN_ENDPOINT hangs", async (t) => {
  const server = createServer(() => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close().closeAllConnections());
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const url = new URL(`http://127.0.0.1:${port}`);
  const forwarder = new SpanForwarder(url, createPlatformLog("ignore"));
  t.after(() => forwarder.close(0));
  const batch = "x".repeat(5 * 1024 * 1024);
  for (let count = 0; count < 20; count += 1) forwarder.send(batch);
  assert.equal(forwarder.queuedLength, 3 * batch.length);
});
