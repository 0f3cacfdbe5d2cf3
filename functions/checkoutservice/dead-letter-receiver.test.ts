import assert from "node:assert/strict";
import { test } from "node:test";
import { orderPlaced, prewarm } from "#protos/events.ts";
import { createEvent } from "#runtime/cloud-event.ts";
import { deliverEvent } from "#runtime/deliver-event.ts";
import { serveForTest } from "#runtime/fixtures/serve-for-test.ts";
import { StatusError } from "#runtime/status.ts";
import { createDeadLetterReceiver } from "./dead-letter-receiver.ts";

const once = { timeoutMs: 5000, pausesMs: [] };

async function makeEvent(extensions: Record<string, unknown>, type = orderPlaced) {
  const data = { email: "someone@example.com", order: undefined };
  const content = { id: "order-1", publisher: "checkoutservice", subject: "order-1", data };
  return (await createEvent(type, content)).cloneWith(extensions);
}

const reasons: [title: string, extensions: Record<string, unknown>, reason: string][] = [
  [
    "the answer of the subscriber",
    { knativeerrorcode: "400", knativeerrordata: toBase64("the mail server refused\nthe mail") },
    "HTTP status 400: the mail server refused the mail",
  ],
  ["an answer without a body", { knativeerrorcode: 503 }, "HTTP status 503"],
  ["no extensions", {}, "HTTP status unknown"],
];

for (const [title, extensions, reason] of reasons) {
  test(`records an undelivered event with ${title}`, async (t) => {
    const recorded: string[][] = [];
    const http = createDeadLetterReceiver(async (...args) => void recorded.push(args));
    const server = await serveForTest({ http });
    t.after(() => server.close());
    await deliverEvent(new URL(`http://${server.address}/`), await makeEvent(extensions), once);
    assert.deepEqual(recorded, [["order-1", reason]]);
  });
}

test("answers 503 while the store fails, and refuses events of another type", async (t) => {
  const http = createDeadLetterReceiver(() =>
    Promise.reject(new StatusError("UNAVAILABLE", "Can't access the orders.")),
  );
  const server = await serveForTest({ http });
  t.after(() => server.close());
  const url = new URL(`http://${server.address}/`);
  await assert.rejects(deliverEvent(url, await makeEvent({}), once), { status: 503 });
  const content = { id: "1", publisher: "x", data: { waker: "x" } };
  const other = await createEvent(prewarm, content);
  await assert.rejects(deliverEvent(url, other, once), { status: 422 });
});

function toBase64(text: string): string {
  return Buffer.from(text).toString("base64");
}
