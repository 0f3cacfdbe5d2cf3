import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { RawClient } from "#runtime/fixtures/raw-client.ts";
import { startFixtures } from "../fixtures/start-fixtures.ts";

const foreign = "GET / HTTP/1.1\r\nhost: evil.example\r\n\r\n";
const refused = /^HTTP\/1\.1 421 [\s\S]*\r\n\r\nhost "evil\.example[:\d]*" is not served here: use/;

test("a function's port refuses requests to a foreign host, and does not start the function", async (t) => {
  const { echo, connect } = await start(t);
  for (const host of ["evil.example", `evil.example:${echo.port}`]) {
    const client = await connect();
    client.send(`POST / HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 2\r\n\r\n{}`);
    assert.match(await client.untilEnd(), refused);
  }
  assert.equal(echo.snapshot().starts, 0);
});

test("a function does not get a request to a foreign host whose head arrives in parts", async (t) => {
  const { echo, connect } = await start(t);
  const client = await connect();
  client.send(foreign.slice(0, 20));
  await echo.waitForState("ready");
  client.send(foreign.slice(20, 45));
  client.send(foreign.slice(45));
  assert.match(await client.untilEnd(), refused);
});

test("a function's port refuses writes of other origins", async (t) => {
  const { echo, connect } = await start(t);
  for (const header of ["origin: http://evil.example", "sec-fetch-site: cross-site"]) {
    const client = await connect();
    const host = `127.0.0.1:${echo.port}`;
    client.send(`POST / HTTP/1.1\r\nhost: ${host}\r\n${header}\r\ncontent-length: 0\r\n\r\n`);
    assert.match(await client.untilEnd(), /^HTTP\/1\.1 403 /);
  }
  assert.equal(echo.snapshot().starts, 0);
});

test("a function's port serves requests to this machine", async (t) => {
  const { echo, connect } = await start(t);
  for (const host of ["localhost", `LOCALHOST:${echo.port}`, "127.0.0.1", "[::1]"]) {
    const client = await connect();
    client.send(`GET /seen HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
    assert.match(await client.response(), /^HTTP\/1\.1 200 /, host);
  }
});

async function start(t: TestContext) {
  const platform = await startFixtures(t);
  const echo = platform.function("echo");
  return { echo, connect: () => RawClient.open(t, echo.port) };
}
