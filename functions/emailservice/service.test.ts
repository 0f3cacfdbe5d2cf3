import assert from "node:assert/strict";
import { test } from "node:test";
import type { SendOrderConfirmationRequest } from "#protos/hipstershop.ts";
import { StatusError } from "#runtime/status.ts";
import { startEmailService } from "./fixtures/email-service.ts";
import { makeOrder, makeRequest } from "./fixtures/orders.ts";

test("sends one mail for an order that is confirmed twice", async (t) => {
  const { client, readOutbox, delivered } = await startEmailService(t);
  assert.deepEqual(await client.sendOrderConfirmation(makeRequest()), {});
  assert.deepEqual(await client.sendOrderConfirmation(makeRequest()), {});
  assert.equal(delivered.length, 1);
  const { orderId } = makeOrder();
  assert.deepEqual(readOutbox(), [`${orderId}.html`, `${orderId}.txt`]);
});

test("rejects an incomplete request with INVALID_ARGUMENT", async (t) => {
  const { client } = await startEmailService(t);
  const refused = (request: SendOrderConfirmationRequest, message: RegExp) =>
    assert.rejects(client.sendOrderConfirmation(request), { code: "INVALID_ARGUMENT", message });
  await refused(makeRequest({ email: "" }), /^email is missing/);
  await refused(makeRequest({ email: "nobody" }), /^email is not a valid address/);
  await refused(makeRequest({ order: undefined }), /^order is missing/);
});

test("sends the mail at the next attempt after a failure", async (t) => {
  const { client, failures, delivered } = await startEmailService(t);
  failures.push(new StatusError("FAILED_PRECONDITION", "the mail server refused the mail (550)"));
  await assert.rejects(client.sendOrderConfirmation(makeRequest()), {
    code: "FAILED_PRECONDITION",
    message: "the mail server refused the mail (550)",
  });
  await client.sendOrderConfirmation(makeRequest());
  assert.equal(delivered.length, 1);
});
