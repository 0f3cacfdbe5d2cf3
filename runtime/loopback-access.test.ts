import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type IncomingHttpHeaders, type OutgoingHttpHeaders } from "node:http2";
import { connect as connectTcp } from "node:net";
import { networkInterfaces } from "node:os";
import { describe, type TestContext, test } from "node:test";
import { implementCart } from "./fixtures/cart.ts";
import { serveForTest } from "./fixtures/serve-for-test.ts";
import { loopbackOnly } from "./loopback-access.ts";

const ownAddress = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ internal, family }) => !internal && family === "IPv4")?.address;

// On all interfaces, as in a pod.
async function serveProtected(t: TestContext) {
  const handled: string[] = [];
  const cart = implementCart({
    emptyCart: (_, { method }) => {
      handled.push(method);
      return {};
    },
  });
  const services = [{ ...cart, access: loopbackOnly }];
  const server = await serveForTest({ services }, "cartservice", { host: "::" });
  t.after(() => server.close());
  return { port: server.port, handled };
}

/** Sends an empty gRPC request; returns the headers and trailers together. */
async function send(
  host: string,
  port: number,
  headers: OutgoingHttpHeaders = {},
  localAddress?: string,
): Promise<IncomingHttpHeaders> {
  const session = connect(`http://${host}:${port}`, {
    ...(localAddress && { createConnection: () => connectTcp({ host, port, localAddress }) }),
  });
  try {
    const stream = session.request({
      ":method": "POST",
      ":path": "/hipstershop.CartService/EmptyCart",
      "content-type": "application/grpc",
      te: "trailers",
      ...headers,
    });
    const answer: IncomingHttpHeaders = {};
    stream.on("response", (received) => Object.assign(answer, received));
    stream.on("trailers", (received) => Object.assign(answer, received));
    stream.resume().end(Buffer.alloc(5));
    await once(stream, "close");
    return answer;
  } finally {
    session.close();
  }
}

describe("a service for callers on the loopback address", () => {
  for (const host of ["127.0.0.1", "[::1]"]) {
    test(`answers a caller from ${host}`, async (t) => {
      const { port, handled } = await serveProtected(t);
      assert.equal((await send(host, port))["grpc-status"], "0");
      assert.deepEqual(handled, ["hipstershop.CartService/EmptyCart"]);
    });
  }

  for (const [name, value] of [
    ["x-forwarded-for", "198.18.0.7"],
    ["x-forwarded-proto", "http"],
    ["forwarded", "for=198.18.0.7;proto=http"],
    ["via", "2.0 proxy"],
  ] as const) {
    test(`refuses a request with the header ${name}`, async (t) => {
      const { port, handled } = await serveProtected(t);
      const refused = await send("127.0.0.1", port, { [name]: value });
      assert.equal(refused["grpc-status"], "7");
      assert.match(
        decodeURI(String(refused["grpc-message"])),
        new RegExp(`has the header ${name};`),
      );
      assert.deepEqual(handled, []);
    });
  }

  test("refuses a caller at another address of this machine", {
    skip: ownAddress === undefined && "this machine has no other address",
  }, async (t) => {
    const { port, handled } = await serveProtected(t);
    const refused = await send(String(ownAddress), port);
    assert.equal(refused["grpc-status"], "7");
    assert.match(decodeURI(String(refused["grpc-message"])), /this call is from ::ffff:[\d.]+;/);
    assert.deepEqual(handled, []);
  });

  test("refuses a sidecar that connects from another address of 127.0.0.0/8", {
    skip: process.platform !== "linux" && "other systems have 127.0.0.1 only",
  }, async (t) => {
    const { port, handled } = await serveProtected(t);
    const refused = await send("127.0.0.1", port, {}, "127.0.0.6");
    assert.equal(refused["grpc-status"], "7");
    assert.deepEqual(handled, []);
  });

  test("leaves other services of the function open", async (t) => {
    const server = await serveForTest({ services: [implementCart()] });
    t.after(() => server.close());
    const answer = await send("127.0.0.1", server.port, { "x-forwarded-for": "198.18.0.7" });
    assert.equal(answer["grpc-status"], "0");
  });
});
