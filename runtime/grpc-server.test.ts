import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type IncomingHttpHeaders, type OutgoingHttpHeaders } from "node:http2";
import { describe, type TestContext, test } from "node:test";
import { HealthDefinition } from "#protos/grpc/health/v1/health.ts";
import { AddItemRequest, CartServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "./client.ts";
import { implementCart } from "./fixtures/cart.ts";
import { serveForTest } from "./fixtures/serve-for-test.ts";

async function serveCart(t: TestContext) {
  const server = await serveForTest({
    services: [implementCart()],
    checkReady: () => Promise.resolve(),
  });
  t.after(() => server.close());
  return server;
}

/** Sends raw bytes as a gRPC request and returns the headers and trailers together. */
async function sendRaw(
  port: number,
  body: Buffer | undefined,
  headers: OutgoingHttpHeaders = {},
): Promise<IncomingHttpHeaders & { "grpc-status"?: string; "grpc-message"?: string }> {
  const session = connect(`http://127.0.0.1:${port}`);
  try {
    const stream = session.request({
      ":method": "POST",
      ":path": "/hipstershop.CartService/AddItem",
      "content-type": "application/grpc",
      te: "trailers",
      ...headers,
    });
    const answer: IncomingHttpHeaders = {};
    stream.on("response", (received) => Object.assign(answer, received));
    stream.on("trailers", (received) => Object.assign(answer, received));
    stream.resume();
    stream.end(body);
    await once(stream, "close");
    return answer;
  } finally {
    session.close();
  }
}

function frame(message: Uint8Array, length = message.length): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, message]);
}

const goodRequest = Buffer.from(AddItemRequest.encode({ userId: "u", item: undefined }).finish());

describe("a gRPC server", () => {
  for (const [what, body, headers, expected, message] of [
    ["answers a good request", frame(goodRequest), {}, "0", undefined],
    ["treats an empty message as one with defaults", frame(Buffer.alloc(0)), {}, "0", undefined],
    [
      "answers malformed bytes with INVALID_ARGUMENT",
      frame(Buffer.from([0x0a, 0xff])),
      {},
      "3",
      /cannot read the request of hipstershop.CartService\/AddItem: it is malformed/,
    ],
    [
      "answers a string that is not UTF-8 with INVALID_ARGUMENT",
      frame(Buffer.from([0x0a, 0x02, 0xc3, 0x28])),
      {},
      "3",
      /a string in it is not UTF-8/,
    ],
    [
      "answers an unknown method with UNIMPLEMENTED",
      frame(goodRequest),
      { ":path": "/hipstershop.CartService/Steal" },
      "12",
      undefined,
    ],
    [
      "answers an unknown service with UNIMPLEMENTED",
      frame(goodRequest),
      { ":path": "/hipstershop.Bank/Rob" },
      "12",
      undefined,
    ],
    [
      "answers a request with two messages with UNIMPLEMENTED",
      Buffer.concat([frame(goodRequest), frame(goodRequest)]),
      {},
      "12",
      /^the request of a unary call has more than one message$/,
    ],
    [
      "answers a request without a message with UNIMPLEMENTED",
      Buffer.alloc(0),
      {},
      "12",
      /^the request of a unary call has no message$/,
    ],
    [
      "answers a message over 512 KiB with RESOURCE_EXHAUSTED",
      frame(Buffer.alloc(512 * 1024 + 1)),
      {},
      "8",
      undefined,
    ],
  ] as const) {
    test(what, async (t) => {
      const { port } = await serveCart(t);
      const answer = await sendRaw(port, body, headers);
      assert.equal(answer["grpc-status"], expected);
      if (message) assert.match(decodeURIComponent(answer["grpc-message"] ?? ""), message);
    });
  }

  test("answers another content type with HTTP 415", async (t) => {
    const { port } = await serveCart(t);
    const answer = await sendRaw(port, frame(goodRequest), { "content-type": "text/plain" });
    assert.equal(Number(answer[":status"]), 415);
  });

  test("answers calls after a truncated frame and a request without a frame", async (t) => {
    const { port, address } = await serveCart(t);
    const truncated = await sendRaw(port, frame(goodRequest, 100));
    assert.notEqual(truncated["grpc-status"], "0");
    const missing = await sendRaw(port, undefined);
    assert.notEqual(missing["grpc-status"], "0");
    const client = createClient(CartServiceDefinition, address);
    t.after(() => client.close());
    assert.equal((await client.getCart({ userId: "u" })).userId, "u");
  });
});

describe("grpc.health.v1", () => {
  const { watch: _watch, ...methods } = HealthDefinition.methods;

  test("reports the server and its services, and NOT_FOUND for others", async (t) => {
    const server = await serveCart(t);
    const client = createClient({ ...HealthDefinition, methods }, server.address);
    t.after(() => client.close());
    assert.deepEqual(await client.check({ service: "" }), { status: 1 });
    assert.deepEqual(await client.check({ service: "hipstershop.CartService" }), { status: 1 });
    await assert.rejects(client.check({ service: "hipstershop.Bank" }), { code: "NOT_FOUND" });
    assert.deepEqual(await client.list({}), {
      statuses: { "": { status: 1 }, "hipstershop.CartService": { status: 1 } },
    });
  });

  test("is NOT_SERVING while the function's store does not answer", async (t) => {
    const server = await serveForTest({
      checkReady: () => Promise.reject(new Error("redis is gone")),
    });
    t.after(() => server.close());
    const client = createClient({ ...HealthDefinition, methods }, server.address);
    t.after(() => client.close());
    assert.deepEqual(await client.check({ service: "" }), { status: 2 });
    const readiness = await fetch(`http://${server.address}/health/readiness`);
    assert.equal(readiness.status, 503);
    assert.match(await readiness.text(), /^not ready: /);
    const liveness = await fetch(`http://${server.address}/health/liveness`);
    assert.equal(liveness.status, 200);
  });
});
