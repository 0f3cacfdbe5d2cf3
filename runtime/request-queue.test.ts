import assert from "node:assert/strict";
import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { RawClient } from "./fixtures/raw-client.ts";
import { serveForTest } from "./fixtures/serve-for-test.ts";
import { RequestQueue } from "./request-queue.ts";

test("requests wait while as many as may be active are, and start in their order", async (t) => {
  const { send, release, started } = await serveQueue(t, 4);
  const [, second, third] = [await send("/1"), await send("/2"), await send("/3")];
  assert.deepEqual(started, ["/1"]);
  await release("/1");
  assert.deepEqual(started, ["/1", "/2"]);
  await release("/2");
  await release("/3");
  assert.match(await second.response(), /^HTTP\/1\.1 200 /);
  assert.match(await third.response(), /^HTTP\/1\.1 200 /);
});

test("at the limit a request is rejected at once if another one has just arrived", async (t) => {
  const queue = new RequestQueue({ max: 1, update: () => undefined });
  const enter = () => queue.enter(new ServerResponse(new IncomingMessage(new Socket())));
  assert.equal(enter(), undefined);
  const second = enter();
  assert.equal(queue.makeRoom(), false);
  await t.waitFor(() => assert.equal(queue.makeRoom(), true), { interval: 1 });
  assert.equal(await second, false);
});

test("at the limit the oldest request that waits is rejected, and the newest starts first", async (t) => {
  const { send, release, started } = await serveQueue(t, 3);
  const [, second] = [await send("/1"), await send("/2")];
  await send("/3");
  const fourth = await send("/4");
  assert.match(await second.response(), /^HTTP\/1\.1 503 .*\r\n[\s\S]*retry-after: 1\r\n/);
  await release("/1");
  assert.deepEqual(started, ["/1", "/4"]);
  await release("/4");
  assert.match(await fourth.response(), /^HTTP\/1\.1 200 /);
  assert.deepEqual(started, ["/1", "/4", "/3"]);
  // No request waits, so the order is that of arrival again.
  await send("/5");
  await send("/6");
  await release("/3");
  await release("/5");
  assert.deepEqual(started.slice(3), ["/5", "/6"]);
  await release("/6");
});

test("after a rejection no request waits for longer than half a second", async (t) => {
  const { send, release } = await serveQueue(t, 3);
  await send("/1");
  await send("/2");
  const third = await send("/3");
  await send("/4");
  assert.match(await third.response(5000), /^HTTP\/1\.1 503 /);
  await release("/1");
});

test("a request whose client disconnects while it waits does not start", async (t) => {
  const { send, release, started } = await serveQueue(t, 3);
  await send("/1");
  const second = await send("/2");
  second.close();
  const third = await send("/3");
  await release("/1");
  await release("/3");
  assert.match(await third.response(), /^HTTP\/1\.1 200 /);
  assert.deepEqual(started, ["/1", "/3"]);
});

test("a drain answers the requests that wait", async (t) => {
  const { send, release, drain } = await serveQueue(t, 3);
  await send("/1");
  const second = await send("/2");
  const drained = drain();
  await release("/1");
  await release("/2");
  assert.match(await second.response(), /^HTTP\/1\.1 200 /);
  await drained;
});

test("all requests up to the limit are answered while the CPU is saturated, a few at a time", async (t) => {
  let active = 0;
  const counts: number[] = [];
  const { port, close } = await serveForTest({
    http: async (_request, response) => {
      active += 1;
      counts.push(active);
      for (let step = 0; step < 5; step += 1) {
        block(4);
        await new Promise((resolve) => setImmediate(resolve));
      }
      active -= 1;
      response.end("done");
    },
  });
  t.after(close);
  const clients = await Promise.all(Array.from({ length: 80 }, () => RawClient.open(t, port)));
  // A busy process accepts connections as slowly as it answers requests, so they are open before.
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`;
  for (const client of clients) client.send(get("/health/liveness"));
  for (const client of clients) await client.untilReceived("ok\n");
  for (const client of clients) client.send(get("/"));
  for (const client of clients) {
    await client.untilReceived("done", 30_000);
    assert.match(client.received, /\ndone$/);
  }
  const last = counts.slice(40);
  assert.ok(Math.max(...last) <= 12, `active: ${counts}`);
});

function block(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}

/** A function with one active request at a time, each of which ends when its path is released. */
async function serveQueue(t: TestContext, maxRequests: number) {
  const started: string[] = [];
  const gates = new Map<string, PromiseWithResolvers<void>>();
  const queue = new RequestQueue({ max: 1, update: () => undefined });
  const server = await serveForTest(
    {
      http: async (request, response) => {
        const path = request.url ?? "";
        started.push(path);
        await gates.get(path)?.promise;
        response.end("done");
      },
    },
    "queue",
    { maxRequests, queue },
  );
  t.after(() => {
    for (const gate of gates.values()) gate.resolve();
    return server.close();
  });
  // A health check is answered after the requests that were sent before it, unless the function drains.
  const settle = () => fetch(`http://${server.address}/health/liveness`).catch(() => undefined);
  return {
    started,
    drain: () => server.drain(),
    send: async (path: string) => {
      // Requests that arrive within a few milliseconds are rejected at once.
      const sinceMs = performance.now();
      await t.waitFor(() => assert.ok(performance.now() > sinceMs + 10), { interval: 5 });
      gates.set(path, Promise.withResolvers<void>());
      const client = await RawClient.open(t, server.port);
      client.send(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`);
      await settle();
      await settle();
      return client;
    },
    release: async (path: string) => {
      await t.waitFor(() => assert.ok(started.includes(path)), { timeout: 10_000 });
      gates.get(path)?.resolve();
      await settle();
      await settle();
    },
  };
}
