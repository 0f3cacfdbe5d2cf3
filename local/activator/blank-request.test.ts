import assert from "node:assert/strict";
import { test } from "node:test";
import { RawClient } from "#runtime/fixtures/raw-client.ts";
import { startFixtures } from "../fixtures/start-fixtures.ts";

// A server ignores an empty line before a request (RFC 9112, 2.2).
test("a connection that ends after an empty line is closed without an answer", async (t) => {
  const platform = await startFixtures(t);
  const client = await RawClient.open(t, platform.function("echo").port);
  client.send("\r\n");
  client.endSending();
  assert.equal(await client.untilEnd(), "");
  assert.equal(platform.function("echo").snapshot().lastCrash, null);
});
