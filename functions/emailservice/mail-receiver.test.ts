import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import { CloudEvent, HTTP } from "cloudevents";
import { orderPlaced, prewarm } from "#protos/events.ts";
import { SendOrderConfirmationRequest } from "#protos/hipstershop.ts";
import { StatusError } from "#runtime/status.ts";
import { StoreError } from "#runtime/store/store-error.ts";
import { startEmailService } from "./fixtures/email-service.ts";
import { makeOrder, makeRequest } from "./fixtures/orders.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;

function makeEvent(changes: object = {}) {
  const { orderId } = makeOrder();
  return new CloudEvent(
    {
      id: orderId,
      subject: orderId,
      source: "/checkoutservice",
      type: orderPlaced.type,
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

test("warms up on a prewarm event, sends no mail, and accepts the event if the warm-up fails", async (t) => {
  const service = await startEmailService(t);
  const { warmUp, delivered } = service;
  const send = () =>
    postEvent(service, makeEvent({ type: prewarm.type, data: { waker: "checkoutservice" } }));
  assert.equal((await send()).status, 204);
  assert.equal(warmUp.mock.callCount(), 1);
  warmUp.mock.mockImplementation(() => Promise.reject(new Error("out of memory")));
  assert.equal((await send()).status, 204);
  assert.equal(warmUp.mock.callCount(), 2);
  assert.deepEqual(delivered, []);
});

test("answers 503 while the store fails", async (t) => {
  const service = await startEmailService(t);
  const reserve = t.mock.method(service.store, "reserve", () =>
    Promise.reject(new StoreError("NOAUTH", { unreachable: false, cause: undefined })),
  );
  const { status, text } = await postEvent(service);
  assert.equal(status, 503);
  assert.equal(text, "Can't access the list of sent mails. NOAUTH\n");
  reserve.mock.restore();
  assert.equal((await postEvent(service)).status, 204);
});

test("answers 503 while another process sends the mail", async (t) => {
  const service = await startEmailService(t);
  const { orderId } = makeOrder();
  await service.store.reserve(orderId, "another process");
  const { status, text } = await postEvent(service);
  assert.equal(status, 503);
  assert.equal(text, `the mail for order ${orderId} is already being sent\n`);
  await service.store.release(orderId, "another process");
  assert.equal((await postEvent(service)).status, 204);
});

test("sends one mail for an order-placed event that is delivered twice", async (t) => {
  const service = await startEmailService(t);
  assert.deepEqual(await postEvent(service), { status: 204, text: "" });
  assert.deepEqual(await postEvent(service), { status: 204, text: "" });
  assert.equal(service.delivered.length, 1);
  assert.equal(service.delivered[0]?.mail.to, "someone@example.com");
  assert.match(service.delivered[0]?.mail.text ?? "", /\$57\.96/);
});

test("accepts the order-placed event in structured mode", async (t) => {
  const service = await startEmailService(t);
  const { headers, body } = HTTP.structured(makeEvent());
  assert.equal((await post(service, headers as Record<string, string>, `${body}`)).status, 204);
  assert.equal(service.delivered.length, 1);
});

test("continues the trace of the request, or else of the event", async (t) => {
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

test("answers 503 if the mail server fails and 400 if it rejects the mail", async (t) => {
  const service = await startEmailService(t);
  service.failures.push(new StatusError("UNAVAILABLE", "the mail could not be sent"));
  assert.deepEqual(await postEvent(service), { status: 503, text: "the mail could not be sent\n" });
  service.failures.push(new StatusError("FAILED_PRECONDITION", "refused"));
  assert.deepEqual(await postEvent(service), { status: 400, text: "refused\n" });
  assert.equal((await postEvent(service)).status, 204);
});

const json = { "content-type": "application/json" };
const ce = {
  "ce-id": "1",
  "ce-source": "/s",
  "ce-type": orderPlaced.type,
  "ce-specversion": "1.0",
};
const event = { ...json, ...ce };
const huge = Buffer.alloc(512 * 1024 + 1, 32);

const refusals: [
  title: string,
  headers: Record<string, string>,
  body: string | Buffer,
  status: number,
  text: RegExp,
][] = [
  ["a form", {}, "a=b", 400, /no ce-id/],
  ["XML as data", { ...ce, "content-type": "text/xml" }, "<a/>", 415, /text\/xml/],
  ["another type", { ...event, "ce-type": "other" }, "{}", 422, /^the event's type is "other"/],
  ["no data", event, "", 400, /data is not the message of com\.hipstershop\.order\.placed\.v1/],
  ["an empty order", event, "{}", 400, /^email is missing/],
  [
    "an amount that is not a number",
    event,
    '{"email":"a@b.example","order":{"orderId":"1","shippingCost":{"units":"x"}}}',
    400,
    /not the message of com\.hipstershop\.order/,
  ],
  ["a huge body", event, huge, 413, /larger than 524288 bytes/],
];

test("rejects other requests with a 4xx status and the reason", async (t) => {
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

test("rejects a body that is too large without a content-length", async (t) => {
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

test("serves only POST to / and the health paths", async (t) => {
  const service = await startEmailService(t);
  assert.equal((await post(service, json, "{}", "/events")).status, 404);
  const get = await fetch(`http://${service.address}/`);
  assert.equal(get.status, 405);
  assert.equal(get.headers.get("allow"), "POST");
  const ready = await fetch(`http://${service.address}/health/readiness`);
  assert.equal(ready.status, 200);
});

test("continues after a client closes the connection within a body", async (t) => {
  const service = await startEmailService(t);
  const socket = connect(service.port, "127.0.0.1");
  socket.write("POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n");
  await new Promise<void>((resolve) => {
    socket.write("content-length: 1000\r\n\r\n{", () => resolve());
  });
  socket.destroy();
  assert.equal((await postEvent(service)).status, 204);
});
