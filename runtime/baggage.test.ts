import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:http2";
import { describe, type TestContext, test } from "node:test";
import { baggageEntryMetadataFromString, context, propagation } from "@opentelemetry/api";
import { AdServiceDefinition, CartServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "./client.ts";
import { implementCart } from "./fixtures/cart.ts";
import { serveForTest } from "./fixtures/serve-for-test.ts";
import { implement } from "./rpc.ts";
import { currentTraceId } from "./tracing.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;

interface Received {
  readonly baggage: string | undefined;
  readonly traceId: string | undefined;
}

/**
 * Serves a function that reads a cart for each HTTP and gRPC request. Returns its address and the baggage
 * and trace ids that the cart service received.
 */
async function serveChain(t: TestContext, around: (work: () => Promise<void>) => Promise<void>) {
  const received: Received[] = [];
  const cart = implementCart({
    getCart: () => {
      const entries = propagation.getBaggage(context.active())?.getAllEntries();
      const baggage = entries?.map(([key, { value }]) => `${key}=${value}`).join();
      received.push({ baggage, traceId: currentTraceId() });
      return { userId: "", items: [] };
    },
  });
  const dependency = await serveForTest({ services: [cart] });
  const client = createClient(CartServiceDefinition, dependency.address);
  const readCart = () => around(async () => void (await client.getCart({ userId: "u" })));
  const getAds = () => readCart().then(() => ({ ads: [] }));
  const server = await serveForTest({
    services: [implement(AdServiceDefinition, { getAds })],
    http: async (_request, response) => {
      await readCart();
      response.end("ok");
    },
  });
  t.after(async () => {
    client.close();
    await server.close();
    await dependency.close();
  });
  return { address: server.address, received };
}

/** Sends a gRPC request with headers that grpc-js would refuse to send; resolves with its status. */
async function callRaw(address: string, headers: Record<string, string>): Promise<string> {
  const session = connect(`http://${address}`);
  const stream = session.request({
    ":method": "POST",
    ":path": "/hipstershop.AdService/GetAds",
    "content-type": "application/grpc",
    te: "trailers",
    ...headers,
  });
  let status = "";
  const read = (answer: Record<string, unknown>) => {
    status = String(answer["grpc-status"] ?? status);
  };
  stream.on("response", read).on("trailers", read).resume();
  stream.end(Buffer.alloc(5));
  await once(stream, "close");
  session.close();
  return status;
}

const unsendable: [what: string, name: string, value: string][] = [
  ["baggage with a tab in a property", "baggage", "a=b;\tp"],
  ["baggage that is not ASCII", "baggage", "a=b;p=\u00fc"],
  ["baggage with malformed percent encoding", "baggage", "a=%E0%A4%A,b=%"],
  ["baggage above 8192 bytes", "baggage", `a=${"b".repeat(4000)},`.repeat(3)],
  ["tracestate with a tab", "tracestate", "a=b\tc"],
  ["tracestate that is not ASCII", "tracestate", "a=\u00fc"],
  ["tracestate above 512 bytes", "tracestate", `a=${"b".repeat(600)}`],
  ["a B3 header that is not ASCII", "b3", "\u00fc"],
];

describe("a visitor's request over HTTP", () => {
  for (const [what, name, value] of unsendable) {
    test(`is answered despite ${what}, in its own trace`, async (t) => {
      const { address, received } = await serveChain(t, (work) => work());
      const response = await fetch(`http://${address}/`, {
        headers: { traceparent, [name]: value },
      });
      assert.equal(response.status, 200);
      assert.deepEqual(received, [{ baggage: undefined, traceId }]);
    });
  }

  test("does not pass its baggage on", async (t) => {
    const { address, received } = await serveChain(t, (work) => work());
    const headers = { traceparent, baggage: "userId=alice" };
    assert.equal((await fetch(`http://${address}/`, { headers })).status, 200);
    assert.deepEqual(received, [{ baggage: undefined, traceId }]);
  });
});

describe("a call between functions", () => {
  for (const [what, name, value] of unsendable) {
    test(`is answered despite ${what}, in its caller's trace`, async (t) => {
      const { address, received } = await serveChain(t, (work) => work());
      assert.equal(await callRaw(address, { traceparent, [name]: value }), "0");
      assert.equal(received[0]?.traceId, traceId);
    });
  }

  test("passes baggage on", async (t) => {
    const { address, received } = await serveChain(t, (work) => work());
    assert.equal(await callRaw(address, { traceparent, baggage: "a=b;p=q" }), "0");
    assert.deepEqual(received, [{ baggage: "a=b", traceId }]);
  });

  test("drops baggage that gRPC metadata cannot contain", async (t) => {
    const metadata = baggageEntryMetadataFromString("\tp=\u00fc");
    const baggage = propagation.createBaggage({ a: { value: "b", metadata } });
    const { address, received } = await serveChain(t, (work) =>
      context.with(propagation.setBaggage(context.active(), baggage), work),
    );
    assert.equal(await callRaw(address, { traceparent }), "0");
    assert.deepEqual(received, [{ baggage: undefined, traceId }]);
  });
});
