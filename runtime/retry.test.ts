import assert from "node:assert/strict";
import { once } from "node:events";
import { constants, createServer as createHttp2Server, type ServerHttp2Stream } from "node:http2";
import { type AddressInfo, connect, createServer } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { CartServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "./client.ts";
import { implementCart } from "./fixtures/cart.ts";
import { serveQueueProxy } from "./fixtures/queue-proxy.ts";
import { serveForTest } from "./fixtures/serve-for-test.ts";
import { retryWindowMs } from "./retry.ts";

const forever = 60_000;

/** A cart service behind a queue-proxy. */
async function serveCart(t: TestContext) {
  const server = await serveForTest({ services: [implementCart()] });
  const proxy = await serveQueueProxy(server.address);
  const client = createClient(CartServiceDefinition, proxy.address);
  t.after(async () => {
    client.close();
    await proxy.close();
    await server.close();
  });
  return { client, proxy };
}

describe("while the killed container of a function restarts", () => {
  test("a read is retried until the container answers", async (t) => {
    const { client, proxy } = await serveCart(t);
    proxy.killContainer(1200);
    assert.equal((await client.getCart({ userId: "u" })).userId, "u");
    assert.ok(proxy.refusals > 0);
  });

  test("100 reads a second are all answered", async (t) => {
    const { client, proxy } = await serveCart(t);
    proxy.killContainer(1200);
    const reads: Promise<unknown>[] = [];
    for (let count = 0; count < 120; count += 1) {
      reads.push(client.getCart({ userId: "u" }));
      await delay(10);
    }
    await Promise.all(reads);
  });

  test("a read is retried until the port accepts connections again", async (t) => {
    const { address } = (await serveCart(t)).proxy;
    const forwarder = createServer((socket) => {
      const target = connect(Number(address.split(":")[1]), "127.0.0.1");
      socket.on("error", () => undefined).pipe(target);
      target.on("error", () => undefined).pipe(socket);
    });
    forwarder.listen(0, "127.0.0.1");
    await once(forwarder, "listening");
    const { port } = forwarder.address() as AddressInfo;
    forwarder.close();
    await once(forwarder, "close");
    const client = createClient(CartServiceDefinition, `127.0.0.1:${port}`);
    t.after(() => {
      client.close();
      forwarder.close();
    });
    const read = client.getCart({ userId: "u" });
    await delay(1200);
    forwarder.listen(port, "127.0.0.1");
    assert.equal((await read).userId, "u");
  });

  for (const [how, lose] of [
    ["is reset", (stream: ServerHttp2Stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR)],
    ["ends without a status", endWithoutStatus],
  ] as const) {
    test(`a read is retried if its stream ${how}, and a write is not`, async (t) => {
      let streams = 0;
      const server = createHttp2Server().on("stream", (stream) => {
        streams += 1;
        stream.on("error", () => undefined);
        if (streams !== 2) lose(stream);
        else answerEmpty(stream);
      });
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const client = createClient(
        CartServiceDefinition,
        `127.0.0.1:${(server.address() as AddressInfo).port}`,
      );
      t.after(() => {
        client.close();
        server.close();
      });
      assert.deepEqual((await client.getCart({ userId: "u" })).items, []);
      assert.equal(streams, 2);
      await assert.rejects(client.addItem({ userId: "u", item: undefined }), { code: "INTERNAL" });
      assert.equal(streams, 3);
    });
  }

  test("a write is sent once", async (t) => {
    const { client, proxy } = await serveCart(t);
    proxy.killContainer(forever);
    await assert.rejects(client.addItem({ userId: "u", item: undefined }), { code: "UNAVAILABLE" });
    assert.equal(proxy.refusals, 1);
  });
});

describe("while a function stays unavailable", () => {
  test("a read ends with UNAVAILABLE soon after the retry window", async (t) => {
    const { client, proxy } = await serveCart(t);
    proxy.killContainer(forever);
    const startMs = performance.now();
    await assert.rejects(client.getCart({ userId: "u" }), { code: "UNAVAILABLE" });
    const tookMs = performance.now() - startMs;
    assert.ok(tookMs >= retryWindowMs && tookMs < retryWindowMs + 1500, `${tookMs} ms`);
  });

  test("a read ends with UNAVAILABLE within a deadline that is earlier", async (t) => {
    const { client, proxy } = await serveCart(t);
    proxy.killContainer(forever);
    const timeoutMs = 1500;
    const startMs = performance.now();
    await assert.rejects(client.getCart({ userId: "u" }, { timeoutMs }), { code: "UNAVAILABLE" });
    const tookMs = performance.now() - startMs;
    assert.ok(tookMs < timeoutMs, `${tookMs} ms`);
  });

  test("a read is not retried after the caller has cancelled", async (t) => {
    const { client, proxy } = await serveCart(t);
    proxy.killContainer(forever);
    const caller = new AbortController();
    const read = client.getCart({ userId: "u" }, { signal: caller.signal });
    await proxy.untilRefused(2);
    caller.abort();
    await assert.rejects(read, { code: "CANCELLED" });
    assert.ok(proxy.refusals <= 3, `${proxy.refusals} refusals`);
  });

  test("a read ends when its client is closed between two attempts", async (t) => {
    const { client, proxy } = await serveCart(t);
    proxy.killContainer(forever);
    const read = client.getCart({ userId: "u" });
    await proxy.untilRefused(2);
    client.close();
    await assert.rejects(read);
  });
});

const head = { ":status": 200, "content-type": "application/grpc" };

function endWithoutStatus(stream: ServerHttp2Stream): void {
  stream.respond(head);
  stream.end();
}

// One message of zero bytes.
function answerEmpty(stream: ServerHttp2Stream): void {
  stream.respond(head, { waitForTrailers: true });
  stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
  stream.end(Buffer.alloc(5));
}
