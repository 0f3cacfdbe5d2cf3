import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type IncomingHttpHeaders, type OutgoingHttpHeaders } from "node:http2";
import { type TestContext, test } from "node:test";
import { gzipSync } from "node:zlib";
import { credentials, Client as GrpcClient, Metadata, status } from "@grpc/grpc-js";
import { createEventReceiver } from "./event-receiver.ts";
import { implementCart } from "./fixtures/cart.ts";
import { RawClient } from "./fixtures/raw-client.ts";
import { serveForTest } from "./fixtures/serve-for-test.ts";

const mib = 1024 * 1024;

async function serveAll(t: TestContext) {
  const server = await serveForTest({
    services: [implementCart()],
    http: createEventReceiver({ "a.b.v1": () => Promise.resolve() }),
  });
  t.after(() => server.close());
  return server;
}

for (const [title, target, header] of [
  ["a header of 20 kB", "/", "x".repeat(20_000)],
  ["a target of 20 kB", `/${"x".repeat(20_000)}`, "x"],
] as const) {
  test(`${title} is answered with 431, and the connection is closed`, async (t) => {
    const { port } = await serveAll(t);
    const client = await RawClient.open(t, port);
    client.send(`GET ${target} HTTP/1.1\r\nhost: x\r\nlong: ${header}\r\n\r\n`);
    assert.match(await client.untilEnd(5000), /^HTTP\/1\.1 431 /);
  });
}

test("an event of 20 MiB is answered with 413 although the client sends all of it first", async (t) => {
  const { port } = await serveAll(t);
  const client = await RawClient.open(t, port);
  client.send(
    `POST / HTTP/1.1\r\nhost: x\r\nce-type: a.b.v1\r\ncontent-length: ${20 * mib}\r\n\r\n`,
  );
  for (let part = 0; part < 20; part += 1) client.send("x".repeat(mib));
  await untilReceived(t, client, /^HTTP\/1\.1 413 /);
  // The rest was read, so that the connection serves the next request.
  client.send("GET /health/liveness HTTP/1.1\r\nhost: x\r\n\r\n");
  await untilReceived(t, client, /HTTP\/1\.1 200 /);
});

test("a connection with an event of 20 MiB is closed after its body, not after the 413", async (t) => {
  const { port } = await serveAll(t);
  const client = await RawClient.open(t, port);
  const head = "POST / HTTP/1.1\r\nhost: x\r\nce-type: a.b.v1\r\nconnection: close";
  client.send(`${head}\r\ncontent-length: ${20 * mib}\r\n\r\n`);
  await untilReceived(t, client, /^HTTP\/1\.1 413 .* is larger than /s);
  for (let part = 0; part < 19; part += 1) client.send("x".repeat(mib));
  // Another connection is answered only after the server has read what it received on this one.
  await fetch(`http://127.0.0.1:${port}/health/liveness`);
  assert.equal(client.ended, false);
  client.send("x".repeat(mib));
  await client.untilEnd();
});

test("a chunked event without an end is answered with 413 at the limit", async (t) => {
  const { port } = await serveAll(t);
  const client = await RawClient.open(t, port);
  client.send("POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n");
  const chunk = `${mib.toString(16)}\r\n${"x".repeat(mib)}\r\n`;
  for (let part = 0; part < 5; part += 1) client.send(chunk);
  await untilReceived(t, client, /^HTTP\/1\.1 413 /);
  client.send("0\r\n\r\nGET /health/liveness HTTP/1.1\r\nhost: x\r\n\r\n");
  await untilReceived(t, client, /HTTP\/1\.1 200 /);
});

test("an event that declares 20 MiB is answered with 413 before it sends them", async (t) => {
  const { port } = await serveAll(t);
  const client = await RawClient.open(t, port);
  client.send(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${20 * mib}\r\n\r\n`);
  await untilReceived(t, client, /^HTTP\/1\.1 413 /);
});

const message = (bytes: Uint8Array, length = bytes.length, compressed = 0) => {
  const head = Buffer.alloc(5);
  head.writeUInt8(compressed, 0);
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, bytes]);
};

for (const [title, body, headers] of [
  ["declares 2 GiB", message(Buffer.alloc(100), 2 ** 31), {}],
  ["declares 5 MiB and stops", message(Buffer.alloc(100), 5 * mib), {}],
  [
    "is 5 MiB after decompression",
    (() => {
      const bytes = gzipSync(Buffer.alloc(5 * mib));
      return message(bytes, bytes.length, 1);
    })(),
    { "grpc-encoding": "gzip" },
  ],
] as const) {
  test(`a gRPC message that ${title} is answered with RESOURCE_EXHAUSTED`, async (t) => {
    const { port } = await serveAll(t);
    const answer = await sendOpen(t, port, body, headers);
    assert.equal(answer["grpc-status"], String(status.RESOURCE_EXHAUSTED));
  });
}

test("gRPC metadata of 100 kB fails at once, and the next call succeeds", async (t) => {
  const { address } = await serveAll(t);
  const client = new GrpcClient(address, credentials.createInsecure());
  t.after(() => client.close());
  const asIs = (bytes: Buffer) => bytes;
  const call = (metadata: Metadata) =>
    new Promise<number>((resolve) => {
      const path = "/hipstershop.CartService/GetCart";
      const deadline = Date.now() + 5000;
      client.makeUnaryRequest(path, asIs, asIs, Buffer.alloc(0), metadata, { deadline }, (error) =>
        resolve(error?.code ?? status.OK),
      );
    });
  const large = new Metadata();
  large.set("large", "x".repeat(100_000));
  const code = await call(large);
  assert.ok(code !== status.OK && code !== status.DEADLINE_EXCEEDED, status[code]);
  assert.equal(await call(new Metadata()), status.OK);
});

function untilReceived(t: TestContext, client: RawClient, text: RegExp): Promise<void> {
  return t.waitFor(() => assert.match(client.received, text), { timeout: 10_000 });
}

/** Sends bytes of a request that does not end, and returns headers and trailers together. */
async function sendOpen(t: TestContext, port: number, body: Buffer, headers: OutgoingHttpHeaders) {
  const session = connect(`http://127.0.0.1:${port}`);
  t.after(() => session.destroy());
  const stream = session.request({
    ":method": "POST",
    ":path": "/hipstershop.CartService/GetCart",
    "content-type": "application/grpc",
    te: "trailers",
    ...headers,
  });
  stream.on("error", () => undefined).resume();
  const answer: IncomingHttpHeaders = {};
  stream.on("response", (received) => Object.assign(answer, received));
  stream.on("trailers", (received) => Object.assign(answer, received));
  const ended = once(stream, "end", { signal: AbortSignal.timeout(5000) });
  stream.write(body);
  await ended;
  return answer;
}
