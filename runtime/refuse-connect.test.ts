import assert from "node:assert/strict";
import { test } from "node:test";
import { RawClient } from "./fixtures/raw-client.ts";
import { serveForTest } from "./fixtures/serve-for-test.ts";

for (const target of ["example.com:443", "/cart", ""]) {
  test(`CONNECT ${target} is answered with 400, and the connection is closed`, async (t) => {
    const server = await serveForTest({ http: (_request, response) => void response.end("page") });
    t.after(() => server.close());
    const client = await RawClient.open(t, server.port);
    client.send(`CONNECT ${target} HTTP/1.1\r\nhost: x\r\n\r\nGET / HTTP/1.1\r\nhost: x\r\n\r\n`);
    const response = await client.untilEnd(5000);
    assert.match(response, /^HTTP\/1\.1 400 Bad Request\r\nConnection: close\r\n\r\n$/);
    await client.untilRefused(5000);
  });
}
