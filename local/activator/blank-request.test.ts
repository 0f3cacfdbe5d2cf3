import assert from "node:assert/strict";
import { test } from "node:test";
import { RawClient } from "#runtime/fixtures/raw-client.ts";
import { startFixtures } from "../fixtures/start-fixtures.ts";

// A server ignores an empty line before a request (RFC 9112, 2.2).
test("a connection that ends after empty lines is closed without an answer", async (t) => {
  const platform = await startFixtures(t);
  const client = new RawClient(platform.function("echo").port);
  t.after(() => client.close());
  client.send("\r\n\r\n");
  client.endSending();
  assert.equal(await client.untilEnd(), "");
  assert.equal(platform.function("echo").snapshot().lastCrash, null);
});
