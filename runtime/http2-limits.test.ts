import assert from "node:assert/strict";
import { once } from "node:events";
import { type ClientHttp2Session, connect, constants } from "node:http2";
import { type TestContext, test } from "node:test";
import { connectivityState, type Client as GrpcClient } from "@grpc/grpc-js";
import { AddItemRequest, CartServiceDefinition } from "#protos/hipstershop.ts";
import { openChannel } from "./channel.ts";
import { createClient } from "./client.ts";
import type { ConnectionLimits } from "./connection-limits.ts";
import { implementCart } from "./fixtures/cart.ts";
import { serveForTest } from "./fixtures/serve-for-test.ts";

const limits = { firstBytesMs: 100, headMs: 150, requestMs: 200, idleMs: 250, lingerMs: 50 };

for (const [title, path] of [
  ["a request that stops", "/hipstershop.CartService/AddItem"],
  ["a request that stops although its answer was sent", "/hipstershop.CartService/Unknown"],
] as const) {
  test(`a gRPC server resets ${title}, and closes its connection when that is idle`, async (t) => {
    const { port } = await serveCart(t);
    const session = openSession(t, port);
    const stream = session.request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc",
      te: "trailers",
    });
    stream.on("error", () => undefined).resume();
    stream.write(Buffer.from([0, 0, 0, 0, 9]));
    await within(10_000, once(stream, "close"));
    await within(10_000, once(session, "close"));
  });
}

test("a gRPC server resets a request that stops after an error was answered", async (t) => {
  const { port } = await serveCart(t);
  const stream = openSession(t, port).request({
    ":method": "POST",
    ":path": "/hipstershop.CartService/AddItem",
    "content-type": "application/grpc",
    "grpc-timeout": "10m",
  });
  stream.on("error", () => undefined).resume();
  const [headers] = await within(10_000, once(stream, "response"));
  assert.equal(headers["grpc-status"], "4");
  await within(10_000, once(stream, "close"));
  assert.equal(stream.rstCode, constants.NGHTTP2_CANCEL);
});

test("does not reset a gRPC call that takes long, or other calls on its connection", async (t) => {
  const { address } = await serveCart(t, 1000);
  const client = createClient(CartServiceDefinition, address);
  t.after(() => client.close());
  let isOver = false;
  const slow = client.addItem({ userId: "u", item: undefined }).finally(() => {
    isOver = true;
  });
  for (let round = 0; round < 5 || !isOver; round += 1) {
    assert.equal((await client.getCart({ userId: "u" })).userId, "u");
  }
  assert.deepEqual(await slow, {});
});

test("an idle gRPC connection is closed, and the client's next call succeeds", async (t) => {
  const { address } = await serveCart(t);
  const client = openChannel(address, address);
  t.after(() => client.close());
  for (let round = 0; round < 3; round += 1) {
    await addItem(client);
    await untilDisconnected(t, client);
  }
});

test("an idle gRPC connection gets GOAWAY before it is closed", async (t) => {
  const { port } = await serveCart(t);
  const session = openSession(t, port);
  const goaway = once(session, "goaway");
  const path = "/hipstershop.CartService/GetCart";
  session.request({ ":method": "POST", ":path": path, "content-type": "application/grpc" }).end();
  await within(10_000, goaway);
  await within(10_000, once(session, "close"));
});

test("a channel closes its connection after it was idle", async (t) => {
  const { address } = await serveCart(t, 0, {});
  const client = openChannel(address, address, 1000);
  t.after(() => client.close());
  await addItem(client);
  await untilDisconnected(t, client);
});

/** Calls a method that clients do not retry: it is not idempotent. */
function addItem(client: GrpcClient): Promise<void> {
  const request = Buffer.from(AddItemRequest.encode({ userId: "u", item: undefined }).finish());
  const asIs = (bytes: Buffer) => bytes;
  const path = "/hipstershop.CartService/AddItem";
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, asIs, asIs, request, (error) =>
      error ? reject(error) : resolve(),
    );
  });
}

async function untilDisconnected(t: TestContext, client: GrpcClient): Promise<void> {
  const channel = client.getChannel();
  const isIdle = () =>
    assert.equal(channel.getConnectivityState(false), connectivityState.IDLE, "not idle");
  await t.waitFor(isIdle, { timeout: 20_000 });
}

async function serveCart(
  t: TestContext,
  delayMs = 0,
  usedLimits: Partial<ConnectionLimits> = limits,
) {
  const server = await serveForTest({
    limits: usedLimits,
    services: [
      implementCart({
        addItem: async () => {
          await new Promise((resolve) => setTimeout(resolve, delayMs));
          return {};
        },
      }),
    ],
  });
  t.after(() => server.close());
  return server;
}

function openSession(t: TestContext, port: number): ClientHttp2Session {
  const session = connect(`http://127.0.0.1:${port}`);
  session.on("error", () => undefined);
  t.after(() => session.destroy());
  return session;
}

/** Resolves as the promise does; rejects if it does not settle within `ms` milliseconds. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  const over = AbortSignal.timeout(ms);
  return Promise.race([
    promise,
    once(over, "abort").then(() =>
      Promise.reject(new Error(`the promise did not settle within ${ms} ms`)),
    ),
  ]);
}
