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
  await waitUntil(() => broker.counters.delivered === 1);
  const [first] = received;
  assert.equal(first?.body, '{"order":1}');
  for (const [name, value] of Object.entries(headers)) assert.equal(first?.headers[name], value);
  assert.equal(first?.headers.traceparent, traceparent);
});

test("accepts an event without subscribers and delivers it to no function", async (t) => {
  const { broker, received } = await startBroker(t, [202]);
  await broker.accept({ ...headers, "ce-type": "something.else" }, Buffer.alloc(0));
  await broker.close();
  assert.deepEqual(broker.counters, { accepted: 1, delivered: 0, retried: 0, deadLettered: 0 });
  assert.deepEqual(received, []);
});

test("delivers again while a subscriber answers with retriable statuses", async (t) => {
  const { broker, received } = await startBroker(t, [503, 429, 200]);
  await broker.accept(headers, Buffer.from("{}"));
  await waitUntil(() => broker.counters.delivered === 1);
  assert.equal(received.length, 3);
  assert.equal(broker.counters.retried, 2);
});

test("reports an event that a subscriber rejects as one dead letter and does not deliver it again", async (t) => {
  const { broker, received, lines } = await startBroker(t, [422]);
  await broker.accept(headers, Buffer.from("{}"));
  await waitUntil(() => broker.counters.deadLettered === 1);
  assert.equal(received.length, 1);
  assert.match(
    lines[0] ?? "",
    /event 1 was not delivered to mail: http:.* answered with HTTP status 422/,
  );
});

test("reports a dead letter after the last attempt", async (t) => {
  const { broker, received } = await startBroker(t, [500]);
  await broker.accept(headers, Buffer.from("{}"));
  await waitUntil(() => broker.counters.deadLettered === 1);
  assert.equal(received.length, 4);
});

test("delivers an event that was received in structured mode in binary mode", async (t) => {
  const { broker, received } = await startBroker(t, [200]);
  const event = { id: "2", source: "/x", type: "order.placed", specversion: "1.0", data: { a: 1 } };
  const type = { "content-type": "application/cloudevents+json; charset=utf-8" };
  await broker.accept(type, Buffer.from(JSON.stringify(event)));
  await waitUntil(() => broker.counters.delivered === 1);
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
const subscriptions = [{ source: "default", filters: { type: "order.placed" } }];
const subscriber = { name: "mail", deploy: { ...deploy, subscriptions } };

/** Starts a broker with one subscriber, which answers with each status in turn, then with the last. */
async function startBroker(t: TestContext, statuses: readonly number[]) {
  const received: { headers: IncomingHttpHeaders; body: string }[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    received.push({ headers: request.headers, body });
    response.writeHead(statuses[received.length - 1] ?? statuses.at(-1) ?? 200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close().closeAllConnections());
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const lines: string[] = [];
  const broker = new Broker({
    manifests: [subscriber],
    urlOf: () => `http://127.0.0.1:${port}`,
    log: createPlatformLog((line) => lines.push(line)),
    retryDelaysMs: [5, 10, 15],
  });
  t.after(() => broker.close());
  return { broker, received, lines };
}
