import assert from "node:assert/strict";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { type TestContext, test } from "node:test";
import { readManifest } from "#manifest/manifest.ts";
import { waitUntil } from "../fixtures/start-fixtures.ts";
import { createPlatformLog } from "../log/platform-log.ts";
import { Broker } from "./broker.ts";

const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const headers = {
  "ce-id": "1",
  "ce-source": "/checkoutservice",
  "ce-type": "order.placed",
  "ce-specversion": "1.0",
  "ce-traceparent": traceparent,
  "content-type": "application/json",
};

test("delivers an event to the subscribers of its type with its attributes, data and trace", async (t) => {
  const { broker, received } = await startBroker(t, [202]);
  await broker.accept(headers, Buffer.from('{"order":1}'));
  const [first] = received;
  assert.equal(first?.body, '{"order":1}');
  for (const [name, value] of Object.entries(headers)) assert.equal(first?.headers[name], value);
  assert.equal(first?.headers.traceparent, traceparent);
});

test("accepts an event without subscribers and delivers it to no function", async (t) => {
  const { broker, received } = await startBroker(t, [202]);
  await broker.accept({ ...headers, "ce-type": "something.else" }, Buffer.alloc(0));
  assert.deepEqual(broker.counters, { accepted: 1, delivered: 0, retried: 0, deadLettered: 0 });
  assert.deepEqual(received, []);
});

test("accepts an event after its delivery, which is repeated on retriable statuses", async (t) => {
  const { broker, received } = await startBroker(t, [503, 429, 200]);
  await broker.accept(headers, Buffer.from("{}"));
  assert.equal(received.length, 3);
  assert.deepEqual(broker.counters, { accepted: 1, delivered: 1, retried: 2, deadLettered: 0 });
});

test("sends an event that a subscriber rejects once to the receiver of dead letters and accepts it", async (t) => {
  const { broker, received, dead, lines } = await startBroker(t, [422]);
  await broker.accept(headers, Buffer.from('{"order":1}'));
  assert.deepEqual([received.length, dead.length], [1, 1]);
  const [letter] = dead;
  assert.equal(letter?.body, '{"order":1}');
  assert.equal(letter?.headers["ce-id"], "1");
  assert.equal(letter?.headers["ce-knativeerrorcode"], "422");
  assert.match(`${letter?.headers["ce-knativeerrordest"]}`, /^http:\/\/127\.0\.0\.1:\d+$/);
  const data = Buffer.from(`${letter?.headers["ce-knativeerrordata"]}`, "base64");
  assert.equal(data.toString(), "the reason");
  assert.match(lines[0] ?? "", /event 1 was not delivered to mail: .* HTTP status 422/);
  assert.deepEqual(broker.counters, { accepted: 1, delivered: 0, retried: 0, deadLettered: 1 });
});

test("sends a dead letter after the last attempt, with code 500 if nothing answered", async (t) => {
  const { broker, received, dead } = await startBroker(t, [0]);
  await broker.accept(headers, Buffer.from("{}"));
  assert.deepEqual([received.length, dead.length], [4, 1]);
  assert.equal(dead[0]?.headers["ce-knativeerrorcode"], "500");
  const data = Buffer.from(`${dead[0]?.headers["ce-knativeerrordata"]}`, "base64");
  assert.match(data.toString(), /^dispatch error: cannot reach http:/);
});

test("does not accept an event whose dead letter fails or has no receiver", async (t) => {
  const { broker, dead } = await startBroker(t, [422], [400]);
  await assert.rejects(broker.accept(headers, Buffer.from("{}")), {
    status: 503,
    message: /^dead letter 1 was not delivered to orders: .* HTTP status 400$/,
  });
  assert.equal(dead.length, 1);
  const other = { ...headers, "ce-type": "order.seen" };
  await assert.rejects(broker.accept(other, Buffer.from("{}")), { status: 503 });
  assert.deepEqual(broker.counters, { accepted: 0, delivered: 0, retried: 0, deadLettered: 2 });
});

for (const end of ["the platform stops", "the publisher disconnects"]) {
  test(`ends a delivery without a dead letter and does not accept the event if ${end}`, async (t) => {
    const { broker, received, dead } = await startBroker(t, [-1]);
    const publisher = new AbortController();
    const accepted = broker.accept(headers, Buffer.from("{}"), publisher.signal);
    const refused = assert.rejects(accepted, { status: 503 });
    await waitUntil(() => received.length === 1);
    if (end === "the platform stops") await broker.close();
    else publisher.abort();
    await refused;
    assert.deepEqual(dead, []);
    assert.deepEqual(broker.counters, { accepted: 0, delivered: 0, retried: 0, deadLettered: 0 });
  });
}

test("delivers an event that was received in structured mode in binary mode", async (t) => {
  const { broker, received } = await startBroker(t, [200]);
  const event = { id: "2", source: "/x", type: "order.placed", specversion: "1.0", data: { a: 1 } };
  const type = { "content-type": "application/cloudevents+json; charset=utf-8" };
  await broker.accept(type, Buffer.from(JSON.stringify(event)));
  assert.equal(received[0]?.headers["ce-id"], "2");
  assert.equal(received[0]?.body, '{"a":1}');
});

test("rejects a request that is not a CloudEvent", async (t) => {
  const { broker } = await startBroker(t, [200]);
  await assert.rejects(broker.accept({ ...headers, "ce-id": undefined }, Buffer.from("{}")), {
    status: 400,
    message: /^not a valid CloudEvent: it has no ce-id header/,
  });
  assert.equal(broker.counters.accepted, 0);
});

const { deploy } = readManifest("emailservice");
const subscriptions = ["order.placed", "order.seen"].map((type) => ({
  source: "default",
  filters: { type },
}));
const subscriber = {
  name: "mail",
  deploy: { ...deploy, subscriptions },
  deadLetterType: undefined,
};
const sink = {
  name: "orders",
  deploy: { ...deploy, subscriptions: [] },
  deadLetterType: "order.placed",
};

/** Starts a broker with a subscriber and a receiver of dead letters, which answer with these statuses. */
async function startBroker(t: TestContext, statuses: number[], sinkStatuses: number[] = []) {
  const mail = await startReceiver(t, statuses);
  const orders = await startReceiver(t, sinkStatuses);
  const lines: string[] = [];
  const broker = new Broker({
    manifests: [subscriber, sink],
    urlOf: (name) => (name === "mail" ? mail.url : orders.url),
    log: createPlatformLog((line) => lines.push(line)),
    retryDelaysMs: [5, 10, 15],
  });
  t.after(() => broker.close());
  return { broker, received: mail.received, dead: orders.received, lines };
}

/** Answers with each status in turn, then with the last: 0 closes the connection, -1 never answers. */
async function startReceiver(t: TestContext, statuses: readonly number[]) {
  const received: { headers: IncomingHttpHeaders; body: string }[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    received.push({ headers: request.headers, body });
    const status = statuses[received.length - 1] ?? statuses.at(-1) ?? 204;
    if (status === 0) request.socket.destroy();
    else if (status > 0) response.writeHead(status).end(status === 204 ? undefined : "the reason");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close().closeAllConnections());
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return { received, url: `http://127.0.0.1:${port}` };
}
