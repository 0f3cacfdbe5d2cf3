import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type TestContext, test } from "node:test";
import { orderPlaced } from "#protos/events.ts";
import { createEvent } from "#runtime/cloud-event.ts";
import { deliverEvent } from "#runtime/deliver-event.ts";
import { findFreePort } from "#runtime/find-free-port.ts";
import {
  type ReceivedMail,
  startMailServer,
} from "../functions/emailservice/fixtures/mail-server.ts";
import { makeOrder } from "../functions/emailservice/fixtures/orders.ts";
import { customer, startMailShop, startStores } from "./fixtures/mail-shop.ts";
import { poll } from "./fixtures/poll.ts";

type Shop = Awaited<ReturnType<typeof startMailShop>>;

/** Starts a mail server and a shop that sends to it; `decide` gets each mail and the shop. */
async function startBoth(
  t: TestContext,
  env: Readonly<Record<string, string>>,
  decide: (mail: ReceivedMail, shop: Shop) => boolean,
) {
  const port = await findFreePort();
  const shop = await startMailShop(t, port, { env });
  const { received } = await startMailServer(t, { port, decide: (mail) => decide(mail, shop) });
  return { shop, received };
}

/** Sends an order-placed event to the broker, as checkout does. Resolves when it is accepted. */
async function publish({ brokerUrl }: Shop, orderId: string): Promise<void> {
  const order = makeOrder({ orderId });
  const content = { id: orderId, publisher: "checkoutservice", data: { email: customer, order } };
  const event = await createEvent(orderPlaced, content);
  await deliverEvent(brokerUrl, event, { timeoutMs: 60_000, pausesMs: [] });
}

function messageIdOf({ source }: ReceivedMail): string {
  return /^Message-ID: (.+)\r$/m.exec(source)?.[1] ?? assert.fail("no Message-ID");
}

for (const { store, env, skip } of await startStores()) {
  test(`${store}: mails an order once when the mail server is back, and accepts its event then`, {
    skip,
  }, async (t) => {
    const port = await findFreePort();
    const shop = await startMailShop(t, port, { env });
    const accepted = publish(shop, randomUUID());
    await poll(
      async () => ((await shop.readCounters()).retried >= 2 ? true : undefined),
      () => "no retries",
    );
    assert.equal((await shop.readCounters()).accepted, 0);
    const { received } = await startMailServer(t, { port });
    await accepted;
    assert.deepEqual(
      received.map(({ to }) => to),
      [[customer]],
    );
    shop.assertNoAddressIn();
  });

  test(`${store}: mails an order once if emailservice is killed while it sends`, {
    skip,
  }, async (t) => {
    let attempts = 0;
    const { shop, received } = await startBoth(t, env, (_, { killEmail }) => {
      attempts += 1;
      if (attempts > 1) return true;
      killEmail();
      return false;
    });
    await publish(shop, randomUUID());
    assert.equal(attempts, 2);
    assert.equal(received.length, 1);
    shop.assertNoAddressIn();
  });

  test(`${store}: repeats a mail with the same id only if emailservice dies before it records the mail`, {
    skip,
  }, async (t) => {
    let attempts = 0;
    const { shop, received } = await startBoth(t, env, (_, { killEmail }) => {
      attempts += 1;
      if (attempts === 1) killEmail();
      return true;
    });
    const orderId = randomUUID();
    await publish(shop, orderId);
    await publish(shop, orderId);
    assert.equal(received.length, 2);
    const [first, second] = received.map(messageIdOf);
    assert.equal(first, second);
  });
}
