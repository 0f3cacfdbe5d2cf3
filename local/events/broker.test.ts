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

test("an event goes to who subscribed to its type, with its attributes, data and trace", async (t) => {
  const { broker, received } = await startBroker(t, [202]);
  broker.accept(headers, Buffer.from('{"order":1}'));
  await waitUntil(() => broker.counters.delivered === 1);
  const [first] = received;
  assert.equal(first?.body, '{"order":1}');
  for (const [name, value] of Object.entries(headers)) assert.equal(first?.headers[name], value);
  assert.equal(first?.headers.traceparent, traceparent);
});

test("an event that nobody subscribed to is taken and goes nowhere", async (t) => {
  const { broker, received } = await startBroker(t, [202]);
  broker.accept({ ...headers, "ce-type": "something.else" }, Buffer.alloc(0));
  await broker.close();
  assert.deepEqual(broker.counters, { accepted: 1, delivered: 0, retried: 0, deadLettered: 0 });
  assert.deepEqual(received, []);
});

test("a subscriber that is busy gets the event again until it takes it", async (t) => {
  const { broker, received } = await startBroker(t, [503, 429, 200]);
  broker.accept(headers, Buffer.from("{}"));
  await waitUntil(() => broker.counters.delivered === 1);
  assert.equal(received.length, 3);
  assert.equal(broker.counters.retried, 2);
});

test("an event that is refused for good is a dead letter, told once and not sent again", async (t) => {
  const { broker, received, lines } = await startBroker(t, [422]);
  broker.accept(headers, Buffer.from("{}"));
  await waitUntil(() => broker.counters.deadLettered === 1);
  assert.equal(received.length, 1);
  assert.match(lines[0] ?? "", /event 1 was not delivered to mail: HTTP 422/);
});

test("attempts are bounded, and an unreachable subscriber makes a dead letter", async (t) => {
  const { broker, received } = await startBroker(t, [500]);
  broker.accept(headers, Buffer.from("{}"));
  await waitUntil(() => broker.counters.deadLettered === 1);
  assert.equal(received.length, 4);
});

test("an event in structured mode arrives in binary mode", async (t) => {
  const { broker, received } = await startBroker(t, [200]);
  const event = { id: "2", source: "/x", type: "order.placed", specversion: "1.0", data: { a: 1 } };
  const type = { "content-type": "application/cloudevents+json; charset=utf-8" };
  broker.accept(type, Buffer.from(JSON.stringify(event)));
  await waitUntil(() => broker.counters.delivered === 1);
  assert.equal(received[0]?.headers["ce-id"], "2");
  assert.equal(received[0]?.body, '{"a":1}');
});

const wrong: readonly [
  title: string,
  headers: object,
  body: string,
  status: number,
  why: RegExp,
][] = [
  ["without an id", { ...headers, "ce-id": undefined }, "", 400, /ce-id is missing/],
  ["of another version", { ...headers, "ce-specversion": "0.3" }, "", 400, /expected 1\.0/],
  [
    "that is no JSON",
    { "content-type": "application/cloudevents+json" },
    "{",
    400,
    /no JSON object/,
  ],
  ["in a batch", { "content-type": "application/cloudevents-batch+json" }, "[]", 415, /batches/],
];

for (const [title, given, body, status, why] of wrong) {
  test(`an event ${title} is refused with ${status} and a reason`, async (t) => {
    const { broker } = await startBroker(t, [200]);
    assert.throws(() => broker.accept({ ...given }, Buffer.from(body)), { status, message: why });
    assert.equal(broker.counters.accepted, 0);
  });
}

const { deploy } = readManifest("emailservice");
const subscriptions = [{ source: "default", filters: { type: "order.placed" } }];
const subscriber = { name: "mail", deploy: { ...deploy, subscriptions } };

/** A broker with one subscriber, which answers with each status in turn and then with the last. */
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
