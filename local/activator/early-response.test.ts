import assert from "node:assert/strict";
import { test } from "node:test";
import { RawClient } from "#runtime/fixtures/raw-client.ts";
import { startFixtures } from "../fixtures/start-fixtures.ts";

test("a client that is answered before it has sent its body gets one response", async (t) => {
  const platform = await startFixtures(t);
  const client = await RawClient.open(t, platform.function("echo").port);
  client.send("POST /early HTTP/1.1\r\nhost: localhost\r\ncontent-length: 4\r\n\r\n");
  await client.untilReceived("early");
  client.send("body");
  assert.match(await client.untilEnd(), /^HTTP\/1\.1 200 .*\r\n\r\nearly$/s);
});
