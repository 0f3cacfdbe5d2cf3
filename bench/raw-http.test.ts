import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import { RawHttp } from "./raw-http.ts";

async function open(t: TestContext, connectionCount: number, timeoutMs = 10_000) {
  const server = createServer(async (request, response) => {
    if (request.url === "/silent") return;
    if (request.url === "/last") response.setHeader("connection", "close");
    if (request.url === "/move") {
      const headers = { location: "/there", "set-cookie": ["a=1; Path=/", "b=2"] };
      return void response.writeHead(302, headers).end();
    }
    const body = `${request.method} ${request.headers.cookie ?? ""} ${await text(request)}`;
    if (request.url === "/chunked") response.write(body);
    response.end(request.url === "/chunked" ? undefined : body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const http = await RawHttp.open(url, connectionCount, timeoutMs);
  t.after(() => {
    http.close();
    server.closeAllConnections();
    server.close();
  });
  const signal = new AbortController().signal;
  const send = (path: string, body?: string) =>
    http.exchange({
      url: new URL(path, url),
      method: body === undefined ? "GET" : "POST",
      headers: { cookie: "a=1" },
      body,
      timeoutMs,
      signal,
      agent: new Agent(),
    });
  return { send };
}

test("sends more requests than it has connections, and reads each response", async (t) => {
  const { send } = await open(t, 2);
  const answers = await Promise.all([
    send("/"),
    send("/", "x=1"),
    send("/chunked"),
    send("/last"),
    send("/move"),
    send("/"),
  ]);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200, 200, 302, 200],
  );
  assert.equal(answers[1]?.body, "POST a=1 x=1");
  assert.match(answers[2]?.body ?? "", /GET a=1/);
  assert.equal(answers[4]?.location, "/there");
  assert.deepEqual(answers[4]?.setCookies, ["a=1; Path=/", "b=2"]);
});

test("fails a request without an answer with a timeout, and then serves the next one", async (t) => {
  const { send } = await open(t, 1, 200);
  const late = assert.rejects(send("/silent"), { name: "ExchangeError", reason: "timeout" });
  await late;
  assert.equal((await send("/")).status, 200);
});
