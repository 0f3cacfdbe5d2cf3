import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { HTTP } from "cloudevents";
import { prewarm } from "#protos/events.ts";
import { createEvent } from "./cloud-event.ts";
import { createEventSink, deliverEvent } from "./deliver-event.ts";
import { startSinkServer } from "./fixtures/event-sink.ts";
import { serveForTest } from "./fixtures/serve-for-test.ts";
import { withSpan } from "./tracing.ts";

const content = { id: "1", publisher: "test", data: { waker: "test ✓" } };
const fast = { pausesMs: [1, 1], timeoutMs: 5000 };

test("publishes in binary mode and continues the current trace", async (t) => {
  // Starts the tracing of this process.
  const server = await serveForTest({});
  t.after(() => server.close());
  const { received, url } = await startSinkServer(t);
  const traceId = await withSpan("caller", {}, async (span) => {
    await createEventSink(url).publish(prewarm, content, fast);
    return span.spanContext().traceId;
  });
  const [{ headers, body } = assert.fail("nothing was received"), ...others] = received;
  assert.deepEqual(others, []);
  assert.equal(headers["content-type"], "application/json");
  assert.equal(headers["ce-specversion"], "1.0");
  assert.equal(headers["ce-id"], "1");
  assert.equal(headers["ce-source"], "/test");
  assert.equal(headers["ce-type"], prewarm.type);
  assert.equal(headers["ce-subject"], undefined);
  assert.match(`${headers.traceparent}`, new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
  assert.equal(headers["ce-traceparent"], headers.traceparent);
  assert.equal(headers["x-b3-traceid"], traceId);
  const event = HTTP.toEvent<object>({ headers, body: String(body) });
  assert.ok("data" in event);
  assert.deepEqual(event.data, { waker: "test ✓" });
});

test("sends the same event again until the receiver accepts it", async (t) => {
  const { received, url } = await startSinkServer(t, 503, 0, 202);
  const event = await createEvent(prewarm, content);
  let retries = 0;
  await deliverEvent(url, event, { ...fast, onRetry: () => (retries += 1) });
  assert.equal(retries, 2);
  const sent = received.map(({ headers, body }) => `${headers["ce-id"]} ${body}`);
  assert.deepEqual(sent, Array(3).fill('1 {"waker":"test ✓"}'));
});

test("fails with the last status after the last attempt", async (t) => {
  const { received, url } = await startSinkServer(t, 500, 429, 503, 202);
  await assert.rejects(deliverEvent(url, await createEvent(prewarm, content), fast), {
    code: "UNAVAILABLE",
    message: `${url} answered with HTTP status 503`,
  });
  assert.equal(received.length, 3);
});

test("does not retry an event that is rejected", async (t) => {
  const { received, url } = await startSinkServer(t, 400);
  await assert.rejects(deliverEvent(url, await createEvent(prewarm, content), fast), {
    message: `${url} answered with HTTP status 400`,
  });
  assert.equal(received.length, 1);
});

test("fails after the time limit if the receiver does not answer", async (t) => {
  const { url } = await startSinkServer(t, -1);
  const single = { timeoutMs: 100, pausesMs: [] };
  await assert.rejects(deliverEvent(url, await createEvent(prewarm, content), single), {
    message: /^cannot reach http:.*: The operation was aborted/,
  });
});

test("names the address without credentials if nothing listens there", async () => {
  const url = new URL("http://user:secret@127.0.0.1:1/");
  await assert.rejects(deliverEvent(url, await createEvent(prewarm, content), fast), {
    message: /^cannot reach http:\/\/127\.0\.0\.1:1\/: connect ECONNREFUSED/,
  });
});

test("ends the delivery in a pause if the signal is aborted", async (t) => {
  const { received, url } = await startSinkServer(t, 503);
  const controller = new AbortController();
  const { signal } = controller;
  const event = await createEvent(prewarm, content);
  const delivery = deliverEvent(url, event, { timeoutMs: 5000, pausesMs: [3_600_000], signal });
  const refused = assert.rejects(delivery, { message: /HTTP status 503$/ });
  // Attempts listen to a derived signal, so only the pause listens to this one.
  while (getEventListeners(signal, "abort").length === 0) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  controller.abort();
  await refused;
  assert.equal(received.length, 1);
});
