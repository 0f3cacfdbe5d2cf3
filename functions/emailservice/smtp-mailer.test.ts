import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { inspect } from "node:util";
import { isEmailAddress } from "#runtime/email-address.ts";
import { configureLog } from "#runtime/log.ts";
import { type ReceivedMail, startMailServer } from "./fixtures/mail-server.ts";
import { createSmtpMailer } from "./smtp-mailer.ts";

configureLog({ write: () => undefined });
const from = { name: "Hipster Shop", address: "orders@shop.example" };
const mail = {
  to: "someone@example.com",
  orderId: "order-1",
  subject: "Your order ✓",
  html: "<p>Thank you</p>",
  text: "Thank you",
};

test("sends a mail by SMTP with sender, recipient, plain text and HTML", async (t) => {
  const { received, address } = await startMailServer(t);
  await createSmtpMailer(new URL(`smtp://${address}`), from, 5000).deliver(mail);
  assert.equal(received.length, 1);
  const [{ from: envelopeFrom, to, source }] = received as [ReceivedMail];
  assert.equal(envelopeFrom, "orders@shop.example");
  assert.deepEqual(to, ["someone@example.com"]);
  assert.match(source, /^From: Hipster Shop <orders@shop\.example>\r$/m);
  assert.match(source, /^To: someone@example\.com\r$/m);
  assert.match(source, /^Message-ID: <order-1@shop\.example>\r$/m);
  assert.match(source, /^Content-Type: text\/plain/m);
  assert.match(source, /^Content-Type: text\/html/m);
});

test("sends every valid form of address to the server unchanged", async (t) => {
  const { received, address } = await startMailServer(t);
  const mailer = createSmtpMailer(new URL(`smtp://${address}`), from, 5000);
  const recipients = [
    "!#$%&'*+/=?^_`{|}~-@example.com",
    "first.last+tag@sub.example.co.uk",
    "0@1.example",
    "me@xn--bro-hoa.example",
    `${"a".repeat(64)}@${"b".repeat(63)}.example`,
  ];
  for (const to of recipients) {
    assert.ok(isEmailAddress(to), to);
    await mailer.deliver({ ...mail, to });
  }
  // The test server shows an envelope's domain in Unicode; the header, which may be folded, is as it was sent.
  assert.deepEqual(
    received.map(({ to, source }) => [to.length, /^To:\s+(.*)\r$/m.exec(source)?.[1]]),
    recipients.map((to) => [1, to]),
  );
});

test("logs in with the user and password of the URL", async (t) => {
  const logins: unknown[] = [];
  const { received, address } = await startMailServer(t, {
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: (auth, _session, done) => {
      logins.push([auth.username, auth.password]);
      if (auth.password === "p@ss/word") done(null, { user: "shop" });
      else done(new Error("no"));
    },
  });
  await createSmtpMailer(
    new URL(`smtp+insecure://shop:p%40ss%2Fword@${address}`),
    from,
    5000,
  ).deliver(mail);
  assert.deepEqual(logins[0], ["shop", "p@ss/word"]);
  assert.equal(received.length, 1);
  const wrong = createSmtpMailer(
    new URL(`smtp+insecure://shop:secret@${address}`),
    from,
    5000,
  ).deliver(mail);
  await assert.rejects(wrong, (error: Error & { code?: string }) => {
    assert.equal(error.code, "UNAVAILABLE");
    assert.doesNotMatch(error.message, /secret/);
    return true;
  });
});

test("an address adds no headers and no recipients", async (t) => {
  const { received, address } = await startMailServer(t);
  const mailer = createSmtpMailer(new URL(`smtp://${address}`), from, 5000);
  const attack = { ...mail, to: "a@example.com\r\nBcc: b@example.com", orderId: "x\r\nCc: c@d.e" };
  await mailer.deliver(attack).catch(() => undefined);
  for (const { to, source } of received) {
    assert.equal(to.length, 1);
    assert.doesNotMatch(source, /^(Bcc|Cc):/m);
  }
});

test("fails with FAILED_PRECONDITION if the server refuses the recipient permanently", async (t) => {
  const { address } = await startMailServer(t, {
    onRcptTo: (_address, _session, done) =>
      done(Object.assign(new Error("no such user"), { responseCode: 550 })),
  });
  await assert.rejects(createSmtpMailer(new URL(`smtp://${address}`), from, 5000).deliver(mail), {
    code: "FAILED_PRECONDITION",
    message: "the mail server refused the mail (550)",
  });
});

test("neither message nor cause of a failure has the recipient, which servers repeat", async (t) => {
  for (const responseCode of [451, 550]) {
    const { address } = await startMailServer(t, {
      onRcptTo: ({ address: to }, _session, done) =>
        done(Object.assign(new Error(`5.1.1 <${to}>: unknown`), { responseCode })),
    });
    const failure = createSmtpMailer(new URL(`smtp://${address}`), from, 5000).deliver(mail);
    await assert.rejects(failure, (error) => {
      assert.doesNotMatch(inspect(error, { depth: 9, showHidden: true }), /someone/);
      return true;
    });
  }
  const invalid = { ...mail, to: "someone@a\nb.example" };
  const { address } = await startMailServer(t);
  const failure = createSmtpMailer(new URL(`smtp://${address}`), from, 5000).deliver(invalid);
  await failure.catch((error) => assert.doesNotMatch(inspect(error, { depth: 9 }), /someone/));
});

test("fails with UNAVAILABLE if the server refuses temporarily", async (t) => {
  const { address } = await startMailServer(t, {
    onRcptTo: (_address, _session, done) =>
      done(Object.assign(new Error("later"), { responseCode: 451 })),
  });
  await assert.rejects(createSmtpMailer(new URL(`smtp://${address}`), from, 5000).deliver(mail), {
    code: "UNAVAILABLE",
    message: "the mail could not be sent (451)",
  });
});

test("fails with UNAVAILABLE if the connection is closed or refused", async (t) => {
  const server = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const mailer = createSmtpMailer(new URL(`smtp://127.0.0.1:${port}`), from, 5000);
  await assert.rejects(mailer.deliver(mail), { code: "UNAVAILABLE" });
  server.close();
  await once(server, "close");
  await assert.rejects(mailer.deliver(mail), { code: "UNAVAILABLE" });
  t.diagnostic("tested a closed and a refused connection");
});
