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
import { startLocalShop } from "./fixtures/local-shop.ts";
import { poll } from "./fixtures/poll.ts";

const email = "somebody.private@example.com";

/** Starts a shop that sends mails to the port, with a reservation that is shorter than by default. */
async function startShop(t: TestContext, smtpPort: number) {
  const env = { SMTP_URL: `smtp://127.0.0.1:${smtpPort}`, MAIL_LEASE: "2s" };
  const shop = await startLocalShop({ env });
  t.after(() => shop.close());
  const { console } = shop.platform.urls;
  const readCounters = async () => {
    const state = (await (await fetch(`${console}/api/state`)).json()) as {
      events: Record<"accepted" | "delivered" | "retried" | "deadLettered", number>;
    };
    return state.events;
  };
  const publish = async (orderId: string) => {
    const order = makeOrder({ orderId });
    const content = { id: orderId, publisher: "checkoutservice", data: { email, order } };
    const event = await createEvent(orderPlaced, content);
    await deliverEvent(new URL(`${console}/events`), event, { timeoutMs: 60_000, pausesMs: [] });
  };
  const readLog = async () => (await fetch(`${console}/api/logs`)).text();
  const killEmail = () => {
    const { pid } = shop.platform.function("emailservice").snapshot();
    assert.ok(pid, "emailservice runs");
    process.kill(pid, "SIGKILL");
  };
  return { ...shop, readCounters, publish, readLog, killEmail };
}

type Shop = Awaited<ReturnType<typeof startShop>>;

/** Starts a mail server and a shop that sends to it; `decide` gets each mail and the shop. */
async function startBoth(t: TestContext, decide: (mail: ReceivedMail, shop: Shop) => boolean) {
  const port = await findFreePort();
  const shop = await startShop(t, port);
  const { received } = await startMailServer(t, { port, decide: (mail) => decide(mail, shop) });
  return { ...shop, received };
}

function messageIdOf({ source }: ReceivedMail): string {
  return /^Message-ID: (.+)\r$/m.exec(source)?.[1] ?? assert.fail("no Message-ID");
}

test("mails an order once when the mail server is back, and accepts its event then", async (t) => {
  const port = await findFreePort();
  const { publish, readCounters, readLog } = await startShop(t, port);
  const accepted = publish(randomUUID());
  await poll(
    async () => ((await readCounters()).retried >= 2 ? true : undefined),
    () => "no retries",
  );
  assert.equal((await readCounters()).accepted, 0);
  const { received } = await startMailServer(t, { port });
  await accepted;
  assert.deepEqual(
    received.map(({ to }) => to),
    [[email]],
  );
  assert.doesNotMatch(await readLog(), /somebody/);
});

test("mails an order once if emailservice is killed while it sends", async (t) => {
  let attempts = 0;
  const { publish, received, readLog } = await startBoth(t, (_, shop) => {
    attempts += 1;
    if (attempts > 1) return true;
    shop.killEmail();
    return false;
  });
  await publish(randomUUID());
  assert.equal(attempts, 2);
  assert.equal(received.length, 1);
  assert.doesNotMatch(await readLog(), /somebody/);
});

test("repeats a mail with the same id only if emailservice dies before it records the mail", async (t) => {
  let attempts = 0;
  const { publish, received } = await startBoth(t, (_, shop) => {
    attempts += 1;
    if (attempts === 1) shop.killEmail();
    return true;
  });
  const orderId = randomUUID();
  await publish(orderId);
  await publish(orderId);
  assert.equal(received.length, 2);
  const [first, second] = received.map(messageIdOf);
  assert.equal(first, second);
});
