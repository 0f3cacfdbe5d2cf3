import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { fork } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import type { ClientHttp2Stream, ServerHttp2Stream } from "node:http2";
import { join } from "node:path";
import { test } from "node:test";
import { CartServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "./client.ts";
import { serveCart } from "./fixtures/cart.ts";
import { forkFixture, untilReady } from "./fixtures/fork-fixture.ts";

test("the stream of a call keeps nothing of its request once it is closed", async (t) => {
  const requests = new AsyncLocalStorage<string>();
  const streams: ClientHttp2Stream[] = [];
  const requestsOfStreams: (string | undefined)[] = [];
  const observe = (message: unknown) => {
    streams.push((message as { stream: ClientHttp2Stream }).stream);
    requestsOfStreams.push(requests.getStore());
  };
  subscribe("http2.client.stream.created", observe);
  t.after(() => unsubscribe("http2.client.stream.created", observe));
  const { client } = await serveCart(t, { getCart: ({ userId }) => ({ userId, items: [] }) });
  for (const name of ["first", "second"]) {
    await requests.run(name, async () => {
      await client.getCart({ userId: "u" });
      assert.equal(requests.getStore(), name);
    });
  }
  assert.deepEqual(requestsOfStreams, [undefined, undefined]);
  await t.waitFor(() => {
    for (const stream of streams) assert.deepEqual(stream.eventNames(), []);
  });
});

test("the stream of an answered call has no listeners once it is closed", async (t) => {
  const streams: ServerHttp2Stream[] = [];
  const observe = (message: unknown) => {
    streams.push((message as { stream: ServerHttp2Stream }).stream);
  };
  subscribe("http2.server.stream.start", observe);
  t.after(() => unsubscribe("http2.server.stream.start", observe));
  const { client } = await serveCart(t);
  await client.getCart({ userId: "u" });
  assert.equal(streams.length, 1);
  await t.waitFor(() => {
    for (const stream of streams) assert.deepEqual(stream.eventNames(), []);
  });
});

test("a minor collection leaves little of a call", async (t) => {
  // In a process of its own: the test runner keeps resources of asynchronous work.
  const { child } = forkFixture(t, "collecting-function.ts");
  const { port } = await untilReady(child);
  const client = createClient(CartServiceDefinition, `127.0.0.1:${port}`);
  t.after(() => client.close());
  const callCount = 200;
  const call = async () => {
    for (let index = 0; index < callCount; index++) await client.emptyCart({ userId: "u" });
  };
  const readOldBytes = async () => (await client.getCart({ userId: "u" })).items[0]?.quantity ?? 0;
  await call();
  const before = await readOldBytes();
  await call();
  // The last streams close after their answers.
  await t.waitFor(async () => {
    const bytes = Math.round(((await readOldBytes()) - before) / callCount);
    assert.ok(bytes < 4500, `${bytes} bytes of each call are kept`);
  });
});

test("a minor collection leaves little of a call at its client", async (t) => {
  const { server } = await serveCart(t);
  const child = fork(join(import.meta.dirname, "fixtures/collecting-client.ts"), [server.address]);
  t.after(() => child.kill("SIGKILL"));
  const [bytes] = await once(child, "message");
  assert.ok(bytes < 8000, `${bytes} bytes of each call are kept`);
});
