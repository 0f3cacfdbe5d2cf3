import assert from "node:assert/strict";
import { once } from "node:events";
import {
  constants,
  createServer,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { describe, type TestContext, test } from "node:test";
import { CartServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "./client.ts";
import { serveForTest } from "./fixtures/serve-for-test.ts";
import { isKnownWarm } from "./known-warm.ts";
import { implement } from "./rpc.ts";
import { type StatusCode, StatusError } from "./status.ts";

// Not idempotent: the client sends it once.
const request = { userId: "u", item: undefined };
const grpcHead = { ":status": 200, "content-type": "application/grpc+proto" };

/** A bare HTTP/2 server without TLS that answers every request in the given way. */
async function serveBare(t: TestContext, answer: (stream: ServerHttp2Stream) => void) {
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer().on("session", (session) => sessions.add(session));
  server.on("stream", (stream) => {
    stream.on("error", () => undefined);
    answer(stream);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  const address = server.address();
  assert.ok(typeof address === "object" && address);
  return connectCart(t, `127.0.0.1:${address.port}`);
}

/** A cart service whose writes end with the given status. */
async function serveCart(t: TestContext, code?: StatusCode) {
  const fail = () => {
    if (code) throw new StatusError(code, "the function's own answer");
    return {};
  };
  const handlers = {
    addItem: fail,
    emptyCart: fail,
    setItemQuantity: fail,
    removeItems: fail,
    getCart: () => ({ userId: "", items: [] }),
  };
  const server = await serveForTest({ services: [implement(CartServiceDefinition, handlers)] });
  t.after(() => server.close());
  return connectCart(t, server.address);
}

function connectCart(t: TestContext, address: string) {
  const client = createClient(CartServiceDefinition, address, { timeoutMs: 2000 });
  t.after(() => client.close());
  return { client, address };
}

describe("a function that has answered is known to be warm:", () => {
  test("with OK", async (t) => {
    const { client, address } = await serveCart(t);
    assert.equal(isKnownWarm(address), false);
    await client.addItem(request);
    assert.equal(isKnownWarm(address), true);
  });

  for (const code of ["INTERNAL", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT"] as const) {
    test(`with a status ${code} of its own`, async (t) => {
      const { client, address } = await serveCart(t, code);
      await assert.rejects(client.addItem(request), { code });
      assert.equal(isKnownWarm(address), true);
    });
  }
});

describe("a function that has not answered is not known to be warm:", () => {
  // A proxy may send both on behalf of the function.
  for (const code of ["UNAVAILABLE", "DEADLINE_EXCEEDED"] as const) {
    test(`the call ends with a status ${code} from the network`, async (t) => {
      const { client, address } = await serveCart(t, code);
      await assert.rejects(client.addItem(request), { code });
      assert.equal(isKnownWarm(address), false);
    });
  }

  test("the deadline passes", async (t) => {
    const { client, address } = await serveBare(t, () => undefined);
    const call = client.addItem(request, { timeoutMs: 50 });
    await assert.rejects(call, { code: "DEADLINE_EXCEEDED" });
    assert.equal(isKnownWarm(address), false);
  });

  test("the caller cancels", async (t) => {
    const caller = new AbortController();
    const { client, address } = await serveBare(t, () => caller.abort());
    const call = client.addItem(request, { signal: caller.signal });
    await assert.rejects(call, { code: "CANCELLED" });
    assert.equal(isKnownWarm(address), false);
  });

  test("the caller has cancelled before the call", async (t) => {
    const { client, address } = await serveBare(t, () => undefined);
    const call = client.addItem(request, { signal: AbortSignal.abort() });
    await assert.rejects(call, { code: "CANCELLED" });
    assert.equal(isKnownWarm(address), false);
  });

  test("the request cannot be serialized", async (t) => {
    const { client, address } = await serveBare(t, () => undefined);
    const unreadable = {
      item: undefined,
      get userId(): string {
        throw new Error("this field cannot be read");
      },
    };
    await assert.rejects(client.addItem(unreadable), { code: "INTERNAL" });
    assert.equal(isKnownWarm(address), false);
  });

  const broken: [how: string, code: StatusCode, answer: (stream: ServerHttp2Stream) => void][] = [
    [
      "the stream is reset with CANCEL",
      "CANCELLED",
      (stream) => stream.close(constants.NGHTTP2_CANCEL),
    ],
    [
      "the stream is reset with INTERNAL_ERROR",
      "INTERNAL",
      (stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR),
    ],
    [
      "the response ends without a status",
      "INTERNAL",
      (stream) => {
        stream.respond(grpcHead);
        stream.end();
      },
    ],
    [
      "the response message is malformed",
      "INTERNAL",
      (stream) => {
        stream.respond(grpcHead, { waitForTrailers: true });
        stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
        stream.end(Buffer.from([0, 0, 0, 0, 1, 0xff]));
      },
    ],
    [
      "a proxy answers HTTP 400",
      "INTERNAL",
      (stream) => stream.respond({ ":status": 400 }, { endStream: true }),
    ],
    [
      "a proxy answers HTTP 404 with a page",
      "UNAVAILABLE",
      (stream) => {
        stream.respond({ ":status": 404, "content-type": "text/html" });
        stream.end("<!doctype html>");
      },
    ],
    ["the connection breaks", "UNAVAILABLE", (stream) => stream.session?.destroy()],
  ];
  for (const [how, code, answer] of broken) {
    test(how, async (t) => {
      const { client, address } = await serveBare(t, answer);
      await assert.rejects(client.addItem(request), { code });
      assert.equal(isKnownWarm(address), false);
    });
  }
});
