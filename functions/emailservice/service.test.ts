import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { CloudEvent, HTTP } from "cloudevents";
import { EmailServiceDefinition, SendOrderConfirmationRequest } from "#protos/hipstershop.ts";
import { createClient } from "#runtime/client.ts";
import { serveForTest } from "#runtime/fixtures/serve-for-test.ts";
import { prewarmEventType } from "#runtime/prewarm-event.ts";
import { implement } from "#runtime/rpc.ts";
import { StatusError } from "#runtime/status.ts";
import { StoreError } from "#runtime/store/store-error.ts";
import { withSpan } from "#runtime/tracing.ts";
import { createConfirm } from "./confirm-once.ts";
import type { Mail } from "./mailer.ts";
import { makeOrder, makeRequest } from "./orders.fixture.ts";
import { createOutboxMailer } from "./outbox-mailer.ts";
import { createEventReceiver, orderPlacedType } from "./receive-events.ts";
import { createEmailService } from "./service.ts";
import { createSqliteOnceStore } from "./sqlite-once-store.ts";

/** A running email service whose mail server can be told to fail. */
async function startEmailService(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), "email-test-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const outbox = join(directory, "outbox");
  const files = createOutboxMailer(outbox, "Shop <a@b.example>");
  const failures: StatusError[] = [];
  const delivered: { mail: Mail; traceId: string }[] = [];
  const deliver = async (mail: Mail) => {
    const failure = failures.shift();
    if (failure) throw failure;
    await withSpan("deliver", {}, async (span) => {
      delivered.push({ mail, traceId: span.spanContext().traceId });
    });
    await files.deliver(mail);
  };
  const store = createSqliteOnceStore({ directory, now: Date.now });
  t.after(() => store.close());
  const confirm = createConfirm({ store, mailer: { deliver }, newToken: randomUUID });
  const preload = t.mock.fn(async () => undefined);
  const server = await serveForTest({
    services: [implement(EmailServiceDefinition, createEmailService({ confirm }))],
    http: createEventReceiver({ confirm, preload }),
  });
  t.after(() => server.close());
  const client = createClient(EmailServiceDefinition, server.address);
  t.after(() => client.close());
  const readOutbox = () => readdirSync(outbox).toSorted();
  return { ...server, client, failures, delivered, preload, store, readOutbox };
}

const traceId = "0af7651916cd43dd8448eb211c80319c";
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;

function makeEvent(changes: object = {}) {
  const { orderId } = makeOrder();
  return new CloudEvent(
    {
      id: orderId,
      subject: orderId,
      source: "/checkoutservice",
      type: orderPlacedType,
      datacontenttype: "application/json",
      data: SendOrderConfirmationRequest.toJSON(makeRequest()),
      ...changes,
    },
    false,
  );
}

type Service = Awaited<ReturnType<typeof startEmailService>>;

async function post(
  { address }: Service,
  headers: Record<string, string>,
  body: string | Buffer,
  path = "/",
) {
  const url = `http://${address}${path}`;
  const response = await fetch(url, { method: "POST", headers, body: body as string });
  return { status: response.status, text: await response.text() };
}

function postEvent(service: Service, event = makeEvent(), headers: Record<string, string> = {}) {
  const message = HTTP.binary(event);
  const sent = { ...(message.headers as Record<string, string>), ...headers };
  return post(service, sent, message.body as string);
}

test("a confirmation asked for by gRPC goes out once, however often it is asked for", async (t) => {
  const { client, readOutbox, delivered } = await startEmailService(t);
  assert.deepEqual(await client.sendOrderConfirmation(makeRequest()), {});
  assert.deepEqual(await client.sendOrderConfirmation(makeRequest()), {});
  assert.equal(delivered.length, 1);
  const { orderId } = makeOrder();
  assert.deepEqual(readOutbox(), [`${orderId}.html`, `${orderId}.txt`]);
});

test("a request that is not complete is INVALID_ARGUMENT", async (t) => {
  const { client } = await startEmailService(t);
  const refused = (request: SendOrderConfirmationRequest, message: RegExp) =>
    assert.rejects(client.sendOrderConfirmation(request), { code: "INVALID_ARGUMENT", message });
  await refused(makeRequest({ email: "" }), /^email is missing/);
  await refused(makeRequest({ email: "nobody" }), /^email is "nobody"/);
  await refused(makeRequest({ order: undefined }), /^order is missing/);
});

test("a mail that could not be sent is sent by the next attempt", async (t) => {
  const { client, failures, delivered } = await startEmailService(t);
  failures.push(new StatusError("FAILED_PRECONDITION", "the mail server refused the mail (550)"));
  await assert.rejects(client.sendOrderConfirmation(makeRequest()), {
    code: "FAILED_PRECONDITION",
    message: "the mail server refused the mail (550)",
  });
  await client.sendOrderConfirmation(makeRequest());
  assert.equal(delivered.length, 1);
});

test("an event that wakes has mails prepared and sends none, and is not repeated where that fails", async (t) => {
  const service = await startEmailService(t);
  const { preload, delivered } = service;
  const wake = () =>
    postEvent(service, makeEvent({ type: prewarmEventType, data: { waker: "checkoutservice" } }));
  assert.equal((await wake()).status, 204);
  assert.equal(preload.mock.callCount(), 1);
  preload.mock.mockImplementation(() => Promise.reject(new Error("out of memory")));
  assert.equal((await wake()).status, 204);
  assert.equal(preload.mock.callCount(), 2);
  assert.deepEqual(delivered, []);
});

test("an event is kept for later while the store refuses", async (t) => {
  const service = await startEmailService(t);
  const claim = t.mock.method(service.store, "claim", () =>
    Promise.reject(new StoreError("NOAUTH", { unreachable: false, cause: undefined })),
  );
  const { status, text } = await postEvent(service);
  assert.equal(status, 503);
  assert.equal(text, "Can't access the list of sent mails. NOAUTH\n");
  claim.mock.restore();
  assert.equal((await postEvent(service)).status, 204);
});

test("a mail that somebody else sends at the moment is UNAVAILABLE until the claim is gone", async (t) => {
  const service = await startEmailService(t);
  const { orderId } = makeOrder();
  await service.store.claim(orderId, "another process");
  const { status, text } = await postEvent(service);
  assert.equal(status, 503);
  assert.equal(text, `the mail for order ${orderId} is just being sent\n`);
  await service.store.release(orderId, "another process");
  assert.equal((await postEvent(service)).status, 204);
});

test("the order-placed event is taken in binary mode, once", async (t) => {
  const service = await startEmailService(t);
  assert.deepEqual(await postEvent(service), { status: 204, text: "" });
  assert.deepEqual(await postEvent(service), { status: 204, text: "" });
  assert.equal(service.delivered.length, 1);
  assert.equal(service.delivered[0]?.mail.to, "someone@example.com");
  assert.match(service.delivered[0]?.mail.text ?? "", /\$57\.96/);
});

test("the order-placed event is taken in structured mode, with a charset and as base64", async (t) => {
  const service = await startEmailService(t);
  const message = HTTP.structured(makeEvent());
  const headers = { "content-type": "application/cloudevents+json; charset=UTF-8" };
  assert.equal((await post(service, headers, message.body as string)).status, 204);

  const { data, ...attributes } = JSON.parse(message.body as string);
  data.order.orderId = "another";
  const base64 = Buffer.from(JSON.stringify(data)).toString("base64");
  const body = JSON.stringify({ ...attributes, data_base64: base64 });
  assert.equal((await post(service, headers, body)).status, 204);
  assert.deepEqual(
    service.delivered.map(({ mail }) => mail.orderId),
    [makeOrder().orderId, "another"],
  );
});

test("the mail continues the trace of the request, and else that of the event", async (t) => {
  const service = await startEmailService(t);
  await postEvent(service, makeEvent(), { traceparent });
  const other = makeRequest({ order: makeOrder({ orderId: "other" }) });
  const data = SendOrderConfirmationRequest.toJSON(other);
  await postEvent(service, makeEvent({ data, traceparent }));
  assert.deepEqual(
    service.delivered.map((delivery) => delivery.traceId),
    [traceId, traceId],
  );
});

test("a failing mail server makes the broker deliver again, a refusal does not", async (t) => {
  const service = await startEmailService(t);
  service.failures.push(new StatusError("UNAVAILABLE", "the mail could not be sent"));
  assert.deepEqual(await postEvent(service), { status: 503, text: "the mail could not be sent\n" });
  service.failures.push(new StatusError("FAILED_PRECONDITION", "refused"));
  assert.deepEqual(await postEvent(service), { status: 400, text: "refused\n" });
  assert.equal((await postEvent(service)).status, 204);
});

const json = { "content-type": "application/json" };
const structured = { "content-type": "application/cloudevents+json" };
const ce = { "ce-id": "1", "ce-source": "/s", "ce-type": orderPlacedType, "ce-specversion": "1.0" };
const event = { id: "1", source: "/s", type: orderPlacedType, specversion: "1.0" };
const huge = Buffer.alloc(4 * 1024 * 1024 + 1, 32);

const refusals: [
  title: string,
  headers: Record<string, string>,
  body: string | Buffer,
  status: number,
  text: RegExp,
][] = [
  ["JSON that is no event", json, "{}", 400, /^this is no CloudEvent: it has no ce-id header/],
  ["nothing", {}, "", 415, /^the content type is "text\/plain"/],
  [
    "a form",
    { "content-type": "application/x-www-form-urlencoded" },
    "a=b",
    415,
    /form-urlencoded/,
  ],
  ["a batch", { "content-type": "application/cloudevents-batch+json" }, "[]", 415, /batch/],
  ["XML as data", { ...ce, "content-type": "text/xml" }, "<a/>", 415, /text\/xml/],
  [
    "another type of event",
    { ...json, ...ce, "ce-type": "other" },
    "{}",
    422,
    /^the event's type is "other"/,
  ],
  [
    "an event without a source",
    { ...json, ...ce, "ce-source": "" },
    "{}",
    400,
    /its source is missing/,
  ],
  [
    "an event without a version",
    { ...json, ...ce, "ce-specversion": "" },
    "{}",
    400,
    /no CloudEvent/,
  ],
  ["an old version", { ...json, ...ce, "ce-specversion": "0.3" }, "{}", 400, /no CloudEvent 1\.0/],
  ["data that is no JSON", { ...json, ...ce }, "{", 400, /no CloudEvent 1\.0 with JSON data/],
  ["data that is not UTF-8", { ...json, ...ce }, Buffer.from([0x22, 0xff, 0x22]), 400, /not UTF-8/],
  ["data that is text", { ...json, ...ce }, '"hello"', 400, /^the event has no order/],
  ["no data", { ...json, ...ce }, "", 400, /^the event has no order/],
  ["data of another shape", { ...json, ...ce }, "{}", 400, /^email is missing/],
  [
    "a number that is none",
    { ...json, ...ce },
    '{"email":"a@b.example","order":{"orderId":"1","shippingCost":{"units":"x"}}}',
    400,
    /no SendOrderConfirmationRequest/,
  ],
  [
    "a structured event without an id",
    structured,
    JSON.stringify({ ...event, id: "" }),
    400,
    /its id is missing/,
  ],
  ["a structured event that is a list", structured, "[]", 400, /its id is missing/],
  ["a structured event that is null", structured, "null", 400, /its id is missing/],
  ["a structured event that is no JSON", structured, "{", 400, /the body is not JSON/],
  ["a structured event without data", structured, JSON.stringify(event), 400, /no order/],
  ["a huge body", { ...json, ...ce }, huge, 413, /more than 4194304 bytes/],
];

test("what is no order-placed event is refused with a sentence, and no 500", async (t) => {
  const service = await startEmailService(t);
  for (const [title, headers, body, status, text] of refusals) {
    await t.test(title, async () => {
      const answer = await post(service, headers, body);
      assert.equal(answer.status, status, answer.text);
      assert.match(answer.text, text);
    });
  }
  assert.equal((await postEvent(service)).status, 204);
});

test("a huge body is refused even where its length is not said", async (t) => {
  const service = await startEmailService(t);
  const body = new ReadableStream({
    start: (controller) => {
      controller.enqueue(huge);
      controller.close();
    },
  });
  const headers = { ...json, ...ce };
  const request = { method: "POST", headers, body, duplex: "half" };
  const response = await fetch(`http://${service.address}/`, request as RequestInit);
  assert.equal(response.status, 413);
});

test("other paths and methods are refused, health is not", async (t) => {
  const service = await startEmailService(t);
  assert.equal((await post(service, json, "{}", "/events")).status, 404);
  const get = await fetch(`http://${service.address}/`);
  assert.equal(get.status, 405);
  assert.equal(get.headers.get("allow"), "POST");
  const ready = await fetch(`http://${service.address}/health/readiness`);
  assert.equal(ready.status, 200);
});

test("a caller that leaves in the middle of the body harms nobody", async (t) => {
  const service = await startEmailService(t);
  const socket = connect(service.port, "127.0.0.1");
  socket.write("POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n");
  await new Promise<void>((resolve) => {
    socket.write("content-length: 1000\r\n\r\n{", () => resolve());
  });
  socket.destroy();
  assert.equal((await postEvent(service)).status, 204);
});
