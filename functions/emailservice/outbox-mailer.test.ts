import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { configureLog } from "#runtime/log.ts";
import { createOutboxMailer } from "./outbox-mailer.ts";

configureLog({ write: () => undefined });
const mail = {
  to: "someone@example.com",
  orderId: "order-1",
  subject: "Your order ✓",
  html: "<p>Thank you</p>",
  text: "Thank you",
};

test("writes an HTML file and a text file with the headers to the outbox", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "outbox-test-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const outbox = join(directory, "deep", "outbox");
  await createOutboxMailer(outbox, "Shop <a@b.example>").deliver(mail);
  assert.deepEqual(readdirSync(outbox).toSorted(), ["order-1.html", "order-1.txt"]);
  assert.equal(readFileSync(join(outbox, "order-1.html"), "utf8"), "<p>Thank you</p>");
  assert.match(readFileSync(join(outbox, "order-1.txt"), "utf8"), /^To: someone@example\.com$/m);
});

test("an order id cannot name a file outside the outbox", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "outbox-test-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const mailer = createOutboxMailer(join(directory, "outbox"), "a@b.example");
  for (const orderId of ["../../escape", "/etc/x", "..", "a/b", "."]) {
    await mailer.deliver({ ...mail, orderId });
  }
  assert.deepEqual(readdirSync(directory), ["outbox"]);
  assert.equal(readdirSync(join(directory, "outbox")).length, 10);
});

test("order ids of 128 characters have different files, which any file system accepts", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "outbox-test-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const mailer = createOutboxMailer(directory, "a@b.example");
  for (const end of ["1", "2", "["])
    await mailer.deliver({ ...mail, orderId: "[".repeat(127) + end });
  const names = readdirSync(directory);
  assert.equal(names.length, 6);
  for (const name of names) assert.ok(name.length <= 200, name);
});

test("fails with UNAVAILABLE if the outbox is not writable", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "outbox-test-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(join(directory, "file"), "");
  const mailer = createOutboxMailer(join(directory, "file", "outbox"), "a@b.example");
  await assert.rejects(mailer.deliver(mail), {
    code: "UNAVAILABLE",
    message: "cannot write to the outbox: ENOTDIR",
  });
});
