import assert from "node:assert/strict";
import { request } from "node:http";
import { type TestContext, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { RawClient } from "./fixtures/raw-client.ts";
import { serveForTest } from "./fixtures/serve-for-test.ts";

// None of the limits applies to a client that uses its connection correctly, for however long.
const limits = {
  firstBytesMs: 100,
  headMs: 100,
  requestMs: 150,
  keepAliveMs: 250,
  idleMs: 250,
  checkMs: 10,
  lingerMs: 50,
};
const longMs = 600;

test("sends a response that takes longer than every limit", async (t) => {
  const client = await connectTo(t);
  assert.match(await client.request("POST", `/?ms=${longMs}`, "slow"), /slow$/);
});

test("sends a response in parts for longer than every limit", async (t) => {
  const client = await connectTo(t);
  const answer = await client.request("GET", "/bits");
  assert.match(answer, /[.]{6}$/);
});

test("keeps a connection open while requests arrive on it", async (t) => {
  const client = await connectTo(t);
  const endMs = performance.now() + 2 * longMs;
  while (performance.now() < endMs) {
    assert.match(await client.request("POST", "/", "again"), /again$/);
  }
  assert.equal(client.ended, false);
});

test("answers pipelined requests in order although the first takes long", async (t) => {
  const client = await connectTo(t);
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`;
  client.send(get(`/first?ms=${longMs}`) + get("/second") + get("/third"));
  for (const path of [`/first?ms=${longMs}`, "/second", "/third"]) {
    const answer = await client.response();
    assert.ok(answer.endsWith(`\r\n\r\n${path}`), answer);
  }
});

test("answers a request that offers an upgrade without an upgrade", async (t) => {
  const client = await connectTo(t);
  const offer = "connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: \r\n";
  client.send(`GET /offer HTTP/1.1\r\nhost: x\r\n${offer}\r\n`);
  assert.match(await client.response(), /^HTTP\/1\.1 200 OK[\s\S]*\/offer$/);
  assert.match(await client.request("GET", "/next"), /\/next$/);
});

test("reads a body that waits for 100 Continue", async (t) => {
  const { port } = await serveEcho(t);
  const sent = request({ port, host: "127.0.0.1", method: "POST" });
  sent.setHeader("expect", "100-continue");
  sent.once("continue", () => sent.end("continued"));
  sent.flushHeaders();
  const body = await new Promise((resolve, reject) => {
    sent.once("error", reject);
    sent.once("response", (response) => response.setEncoding("utf8").once("data", resolve));
  });
  assert.equal(body, "continued");
});

/** Answers the body, or the path, after the milliseconds of `ms`. */
async function serveEcho(t: TestContext) {
  const server = await serveForTest({
    limits,
    http: async (incoming, response) => {
      if (incoming.url === "/bits") {
        response.setHeader("content-length", 6);
        for (let bit = 0; bit < 6; bit += 1) {
          response.write(".");
          await wait(longMs / 6);
        }
        return void response.end();
      }
      let body = "";
      for await (const chunk of incoming) body += chunk;
      await wait(Number(new URL(incoming.url ?? "", "http://x").searchParams.get("ms") ?? 0));
      response.end(body || incoming.url);
    },
  });
  t.after(() => server.close());
  return server;
}

async function connectTo(t: TestContext): Promise<RawClient> {
  const { port } = await serveEcho(t);
  const client = await RawClient.open(t, port);
  return client;
}
