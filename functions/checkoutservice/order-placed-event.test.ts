import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { HTTP } from "cloudevents";
import { SendOrderConfirmationRequest } from "#protos/hipstershop.ts";
import { serveForTest } from "#runtime/fixtures/serve-for-test.ts";
import { withSpan } from "#runtime/tracing.ts";
import { orderPlacedType, publishOrderPlaced, rehearseOrderPlaced } from "./order-placed-event.ts";
import { postWithRetries } from "./post.ts";
import { makeOrderRequest, usd } from "./upstreams.fixture.ts";

interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

/** A sink that answers with the given statuses, one after the other; 0 hangs up, -1 never answers. */
async function startSink(t: TestContext, ...statuses: number[]) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    const status = statuses.shift() ?? 202;
    if (status === 0) request.socket.destroy();
    else if (status > 0) response.writeHead(status).end("whatever");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { received, url: new URL(`http://127.0.0.1:${port}/events`) };
}

const request: SendOrderConfirmationRequest = {
  email: "someone@example.com",
  order: {
    orderId: "order-1",
    shippingTrackingId: "KB-1-2",
    shippingCost: usd(8, 99),
    shippingAddress: makeOrderRequest().address,
    items: [{ item: { productId: "A", quantity: 2 }, cost: usd(19, 99) }],
    total: usd(48, 97),
  },
};

test("the event is a CloudEvent in binary mode that carries the order and the trace", async (t) => {
  // Starts the tracing of this process.
  const server = await serveForTest({});
  t.after(() => server.close());
  const sink = await startSink(t);
  const traceId = await withSpan("checkout", {}, async (span) => {
    await publishOrderPlaced(sink.url, request);
    return span.spanContext().traceId;
  });
  assert.equal(sink.received.length, 1);
  const [{ headers, body }] = sink.received as [Received];
  assert.equal(headers["content-type"], "application/json");
  assert.equal(headers["ce-id"], "order-1");
  assert.equal(headers["ce-subject"], "order-1");
  assert.equal(headers["ce-source"], "/checkoutservice");
  assert.equal(headers["ce-specversion"], "1.0");
  assert.equal(headers["ce-type"], orderPlacedType);
  assert.match(`${headers.traceparent}`, new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
  assert.equal(headers["ce-traceparent"], headers.traceparent);
  assert.equal(headers["x-b3-traceid"], traceId);
  const event = HTTP.toEvent<object>({ headers, body });
  assert.ok("data" in event);
  assert.deepEqual(SendOrderConfirmationRequest.fromJSON(event.data), request);
});

const fast = { pausesMs: [1, 1], timeoutMs: 5000 };
const post = { headers: { "content-type": "text/plain" }, body: "✓" };

test("a sink that fails for a moment gets the same event again", async (t) => {
  const sink = await startSink(t, 503, 0, 202);
  await postWithRetries(sink.url, post, fast);
  assert.deepEqual(
    sink.received.map(({ body }) => body),
    ["✓", "✓", "✓"],
  );
});

test("a sink that keeps failing is given up after three attempts", async (t) => {
  const sink = await startSink(t, 500, 429, 503, 202);
  await assert.rejects(postWithRetries(sink.url, post, fast), {
    message: "the sink answered with HTTP status 503",
  });
  assert.equal(sink.received.length, 3);
});

test("a refusal is not repeated", async (t) => {
  const sink = await startSink(t, 400);
  await assert.rejects(postWithRetries(sink.url, post, fast), {
    message: "the sink answered with HTTP status 400",
  });
  assert.equal(sink.received.length, 1);
});

test("a sink that does not answer is given up after the time-out", async (t) => {
  const sink = await startSink(t, -1);
  const once = { timeoutMs: 100, pausesMs: [] };
  await assert.rejects(postWithRetries(sink.url, post, once), {
    message: /^the sink cannot be reached: /,
  });
});

test("a sink that is not there is said to be so", async () => {
  await assert.rejects(postWithRetries(new URL("http://127.0.0.1:1/"), post, fast), {
    message: /^the sink cannot be reached: connect ECONNREFUSED/,
  });
});

test("an event can be described for rehearsal", async () => {
  await rehearseOrderPlaced();
});
