import assert from "node:assert/strict";
import { request } from "node:http";
import { type TestContext, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { RawClient } from "./fixtures/raw-client.ts";
import { serveForTest } from "./fixtures/serve-for-test.ts";

// Clients that use a connection as they should meet none of the limits, however long they stay.
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

test("an answer that takes longer than every limit arrives", async (t) => {
  const client = await connectTo(t);
  assert.match(await client.request("POST", `/?ms=${longMs}`, "slow"), /slow$/);
});

test("an answer that is sent bit by bit for longer than every limit arrives", async (t) => {
  const client = await connectTo(t);
  const answer = await client.request("GET", "/bits");
  assert.match(answer, /[.]{6}$/);
});

test("a connection is kept for as long as requests come on it", async (t) => {
  const client = await connectTo(t);
  const endMs = performance.now() + 2 * longMs;
  while (performance.now() < endMs) {
    assert.match(await client.request("POST", "/", "again"), /again$/);
    await wait(limits.keepAliveMs / 2);
  }
  assert.equal(client.ended, false);
});

test("pipelined requests are answered in order, although the first takes long", async (t) => {
  const client = await connectTo(t);
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`;
  client.send(get(`/first?ms=${longMs}`) + get("/second") + get("/third"));
  for (const path of [`/first?ms=${longMs}`, "/second", "/third"]) {
    const answer = await client.response();
    assert.ok(answer.endsWith(`\r\n\r\n${path}`), answer);
  }
});

test("a request that offers an upgrade is answered as it is", async (t) => {
  const client = await connectTo(t);
  const offer = "connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: \r\n";
  client.send(`GET /offer HTTP/1.1\r\nhost: x\r\n${offer}\r\n`);
  assert.match(await client.response(), /^HTTP\/1\.1 200 OK[\s\S]*\/offer$/);
  assert.match(await client.request("GET", "/next"), /\/next$/);
});

test("a body that waits for 100 Continue is read", async (t) => {
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
  const client = new RawClient(port);
  t.after(() => client.close());
  await client.connected();
  return client;
}
