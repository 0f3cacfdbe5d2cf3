import assert from "node:assert/strict";
import { test } from "node:test";
import { CloudEvent, HTTP } from "cloudevents";
import { jsonDataOf, readEvent, writeEvent } from "./cloud-event.ts";

const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const event = { id: "1", source: "/s", type: "t", specversion: "1.0" };
const ce = { "ce-id": "1", "ce-source": "/s", "ce-type": "t", "ce-specversion": "1.0" };
const json = { ...ce, "content-type": "application/json" };
const structured = { "content-type": "application/cloudevents+json; charset=UTF-8" };

const read = (headers: Record<string, string>, body: string | Buffer | object = "") => {
  const isText = typeof body === "string" || Buffer.isBuffer(body);
  return readEvent(headers, Buffer.from(isText ? body : JSON.stringify(body)));
};

test("reads binary mode", async () => {
  const headers = { ...json, "ce-subject": "50%25 caf%C3%A9", "ce-extension": "100%" };
  const received = await read(headers, '{"a":1}');
  assert.equal(received.id, "1");
  assert.equal(received.subject, "50% café");
  assert.equal(received.extension, "100%", "not valid percent-encoding: kept as it is");
  assert.deepEqual(jsonDataOf(received), { a: 1 });
});

test("reads binary mode as the package writes it", async () => {
  const { headers, body } = HTTP.binary(new CloudEvent({ ...event, data: { a: 1 } }));
  assert.deepEqual(jsonDataOf(await read(headers as Record<string, string>, `${body}`)), { a: 1 });
});

const values: [title: string, sent: object, data: unknown][] = [
  ["an object", { data: { a: 1 } }, { a: 1 }],
  ["a string", { data: "text" }, "text"],
  ["zero", { data: 0 }, 0],
  ["base64", { data_base64: Buffer.from('{"a":"é"}').toString("base64") }, { a: "é" }],
  ["nothing", {}, undefined],
];

for (const [title, sent, data] of values) {
  test(`reads structured mode with ${title} as data and writes it in binary mode`, async () => {
    const first = await read(structured, { ...event, ...sent, subject: null, count: 7 });
    assert.deepEqual(jsonDataOf(first), data);
    assert.equal(first.subject, undefined);
    const { headers, body } = await writeEvent(first);
    assert.equal(headers["ce-count"], "7");
    assert.equal(String(body), data === undefined ? "" : JSON.stringify(data));
    assert.deepEqual(jsonDataOf(await read({ ...headers }, body)), data);
  });
}

test("passes bytes and their content type through unchanged", async () => {
  const bytes = Buffer.from([0, 255, 1]);
  const sent = { ...ce, "content-type": "image/png" };
  const { headers, body } = await writeEvent(await read(sent, bytes));
  for (const [name, value] of Object.entries(sent)) assert.equal(headers[name], value);
  assert.deepEqual(body, bytes);
  const number = Buffer.from('{"id": 12345678901234567890}');
  assert.deepEqual((await writeEvent(await read(json, number))).body, number);
});

test("writes text that is not JSON without quotes", async () => {
  const text = await read(structured, { ...event, datacontenttype: "text/plain", data: "hello" });
  assert.equal((await writeEvent(text)).body, "hello");
});

test("percent-encodes characters that a header cannot contain", async () => {
  const { headers } = await writeEvent(await read(structured, { ...event, subject: 'a "é"%\n' }));
  assert.equal(headers["ce-subject"], "a%20%22%C3%A9%22%25%0A");
});

test("sends the trace extension as a header too", async () => {
  const { headers } = await writeEvent(await read({ ...json, "ce-traceparent": traceparent }));
  assert.equal(headers["ce-traceparent"], traceparent);
  assert.equal(headers.traceparent, traceparent);
});

test("uses the request's trace for an event without a trace, and keeps the trace of others", async () => {
  const other = traceparent.replace("0af7", "1af7");
  assert.equal((await read({ ...json, traceparent: other })).traceparent, other);
  const both = await read({ ...json, "ce-traceparent": traceparent, traceparent: other });
  assert.equal(both.traceparent, traceparent);
});

const invalid: [
  title: string,
  headers: Record<string, string>,
  body: string | Buffer | object,
  status: number,
  message: RegExp,
][] = [
  ["JSON that is not an event", { "content-type": "application/json" }, "{}", 400, /no ce-id/],
  ["an empty request", {}, "", 400, /no ce-id header/],
  ["a batch", { "content-type": "application/cloudevents-batch+json" }, "[]", 415, /batches/],
  ["an empty source", { ...json, "ce-source": "" }, "{}", 400, /source is missing/],
  ["a source that is not a URI", { ...json, "ce-source": "a b" }, "{}", 400, /uri-reference/],
  ["no version", { ...json, "ce-specversion": "" }, "{}", 400, /specversion is missing/],
  ["an old version", { ...json, "ce-specversion": "0.3" }, "{}", 400, /is 0\.3: expected 1\.0/],
  ["an invalid time", { ...json, "ce-time": "noon" }, "{}", 400, /time.*date-time/],
  ["an invalid name", { ...json, "ce-a_b": "1" }, "{}", 400, /invalid extension name: a_b/],
  ["a structured event without id", structured, { ...event, id: "" }, 400, /id is missing/],
  ["a number as id", structured, { ...event, id: 1 }, 400, /id is missing/],
  ["a list", structured, "[]", 400, /not a JSON object/],
  ["null", structured, "null", 400, /not a JSON object/],
  ["broken JSON", structured, "{", 400, /the body is not JSON/],
  ["an object as extension", structured, { ...event, a: {} }, 400, /a is not a scalar value/],
  [
    "a content type that is no header",
    structured,
    { ...event, datacontenttype: "é" },
    400,
    /ASCII/,
  ],
  [
    "a trace that is no header",
    structured,
    { ...event, traceparent: "\n" },
    400,
    /traceparent has/,
  ],
  ["a half character", structured, { ...event, id: "\ud800" }, 400, /id is not valid Unicode/],
  ["broken base64", structured, { ...event, data_base64: "?" }, 400, /not a valid CloudEvent/],
];

for (const [title, headers, body, status, message] of invalid) {
  test(`rejects ${title} with ${status}`, async () => {
    await assert.rejects(read(headers, body), { name: "RequestError", status, message });
  });
}

test("rejects data that is not JSON if JSON is required", async () => {
  const xml = await read({ ...ce, "content-type": "text/xml; charset=utf-8" }, "<a/>");
  assert.throws(() => jsonDataOf(xml), { status: 415, message: /is text\/xml: expected/ });
  const broken = await read(json, "{");
  assert.throws(() => jsonDataOf(broken), { status: 400, message: /not JSON/ });
  const latin1 = await read(json, Buffer.from([0x22, 0xff, 0x22]));
  assert.throws(() => jsonDataOf(latin1), { status: 400, message: /not JSON in UTF-8/ });
});
