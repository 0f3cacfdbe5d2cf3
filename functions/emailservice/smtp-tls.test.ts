import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { configureLog } from "#runtime/log.ts";
import { readConfig } from "./config.ts";
import { startMailServer } from "./fixtures/mail-server.ts";
import { createSmtpMailer } from "./smtp-mailer.ts";

configureLog({ write: () => undefined });
const from = { name: "", address: "orders@shop.example" };
const mail = { to: "a@example.com", orderId: "1", subject: "", html: "<p></p>", text: "" };

test("credentials are sent without TLS only if the scheme is smtp+insecure", async (t) => {
  const { logins, deliver } = await startServer(t, { disabledCommands: ["STARTTLS"] });
  await assert.rejects(deliver("smtp"), {
    code: "UNAVAILABLE",
    message: /no valid TLS: SMTP_URL with smtp\+insecure: sends the password without it$/,
  });
  assert.deepEqual(logins, []);
  await deliver("smtp+insecure");
  assert.deepEqual(logins, ["secret"]);
});

test("a server with an unknown certificate is accepted if the scheme is smtp+insecure", async (t) => {
  const pem = createCertificate(t);
  const options = { disabledCommands: [], key: pem, cert: pem, allowInsecureAuth: false };
  const { logins, deliver } = await startServer(t, options);
  await deliver("smtp+insecure");
  assert.deepEqual(logins, ["secret"]);
});

test("credentials are sent over STARTTLS and TLS if the certificate is valid", async (t) => {
  const pem = createCertificate(t);
  const certificate = { key: pem, cert: pem };
  const starttls = await startServer(t, { disabledCommands: [], ...certificate });
  const tls = await startServer(t, { secure: true, ...certificate });
  for (const [scheme, { deliver, logins }] of [
    ["smtp", starttls],
    ["smtps", tls],
  ] as const) {
    await assert.rejects(deliver(scheme), { code: "UNAVAILABLE" });
    assert.deepEqual(logins, [], `${scheme} with an unknown certificate`);
  }
  const known = getCACertificates("default");
  t.after(() => setDefaultCACertificates(known));
  setDefaultCACertificates([...known, pem.slice(pem.indexOf("-----BEGIN CERTIFICATE"))]);
  for (const [scheme, { deliver, logins }] of [
    ["smtp", starttls],
    ["smtps", tls],
  ] as const) {
    await deliver(scheme);
    assert.deepEqual(logins, ["secret"], scheme);
  }
});

test("SMTP_URL with a malformed % in its credentials is refused, and not shown", () => {
  for (const credentials of [
    "shop:100%secret",
    "sh%op:secret",
    "shop:secret%FF",
    "shop%4:0secret",
  ]) {
    assert.throws(() => readConfig({ SMTP_URL: `smtp://${credentials}@mail.example` }), {
      name: "ConfigError",
      message: "SMTP_URL has a malformed % in its user name or password: write % itself as %25",
    });
  }
});

test("SMTP_URL has one of three schemes", () => {
  const read = (SMTP_URL: string) => readConfig({ SMTP_URL }).smtpUrl;
  for (const scheme of ["smtp", "smtps", "smtp+insecure"]) {
    const url = read(`${scheme}://shop:p%40ss@mail.example:2525`);
    assert.deepEqual([url?.hostname, url?.port, url?.username], ["mail.example", "2525", "shop"]);
  }
  assert.throws(
    () => read("smtp+secure://shop:secret@mail.example"),
    (error: Error) => {
      assert.match(error.message, /^SMTP_URL is "smtp\+secure:.* expected a URL such as smtp:/);
      assert.doesNotMatch(error.message, /secret@/);
      return true;
    },
  );
});

/** Starts a mail server that requires a login; `deliver` sends a mail to it by the scheme. */
async function startServer(t: TestContext, options: object) {
  const logins: unknown[] = [];
  const { address } = await startMailServer(t, {
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: ({ password }, _session, done) => {
      logins.push(password);
      done(null, { user: "shop" });
    },
    ...options,
  });
  const deliver = (scheme: string) =>
    createSmtpMailer(new URL(`${scheme}://shop:secret@${address}`), from, 5000).deliver(mail);
  return { logins, deliver };
}

/** A key and its certificate for 127.0.0.1, which nobody else has signed. */
function createCertificate(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "shop-smtp-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const name = ["-subj", "/CN=mail", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"];
  const files = ["-nodes", "-newkey", "rsa:2048", "-keyout", key, "-out", cert];
  execFileSync("openssl", ["req", "-x509", ...files, ...name], { stdio: "ignore" });
  return readFileSync(key, "utf8") + readFileSync(cert, "utf8");
}
