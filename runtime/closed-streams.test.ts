import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { ClientHttp2Stream } from "node:http2";
import { test } from "node:test";
import { serveCart } from "./fixtures/cart.ts";

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
