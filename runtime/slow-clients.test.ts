import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { serveForTest } from "./fixtures/serve-for-test.ts";
import { configureLog } from "./log.ts";
import { readBody } from "./read-body.ts";
import { SlowClients } from "./slow-clients.ts";

const maxRequests = 2;
const head = (method: string, path: string) => `${method} ${path} HTTP/1.1\r\nhost: test\r\n`;

// More than the buffers of a connection take.
const largeBody = Buffer.alloc(32 * 1024 * 1024);

test("clients that do not send their bodies do not keep others out", async (t) => {
  const { port, url } = await serveAtMostTwo(t);
  const sockets = await openTwo(t, port, `${head("POST", "/form")}content-length: 10\r\n\r\n1`);
  await untilServed(url);
  await untilOneIsClosed(sockets);
});

test("clients that do not read their responses do not keep others out", async (t) => {
  const { port, url } = await serveAtMostTwo(t);
  const sockets = await openTwo(t, port, `${head("GET", "/large")}\r\n`);
  await untilServed(url);
  await untilOneIsClosed(sockets);
});

test("a connection with more requests than the limit, and no reader, does not keep others out", async (t) => {
  const { port, url } = await serveAtMostTwo(t);
  const sockets = await openTwo(t, port, `${head("GET", "/large")}\r\n`.repeat(20));
  await untilServed(url);
  await untilOneIsClosed(sockets);
});

test("clients that wait for a response are not ended, however long it takes", async (t) => {
  const { url, release } = await serveAtMostTwo(t);
  const slow = [fetch(`${url}/slow`), fetch(`${url}/slow`, { method: "POST", body: "a=b" })];
  await untilStatus(url, 503);
  await delay(3 * maxWaitMs);
  assert.equal((await fetch(url)).status, 503);
  release();
  for (const response of await Promise.all(slow)) assert.equal(response.status, 200);
});

test("slow clients are served below the limit, and the log has their number above it", async (t) => {
  const { port, url } = await serveAtMostTwo(t);
  const lines: string[] = [];
  configureLog({ write: (line) => lines.push(JSON.parse(line).message) });
  t.after(() => configureLog({ write: () => undefined }));
  const form = `${head("POST", "/form")}content-length: 2\r\n\r\n1`;
  const [slow] = [connect(port, "127.0.0.1").setEncoding("latin1")];
  t.after(() => slow.destroy());
  slow.write(form);
  await delay(3 * maxWaitMs);
  assert.equal((await fetch(url)).status, 200);
  slow.write("2");
  const [answer] = await once(slow, "data");
  assert.match(answer, /^HTTP\/1\.1 200 /);
  assert.equal(lines.length, 0);
  await openTwo(t, port, form);
  await untilServed(url);
  assert.match(lines.join("\n"), /^[12] requests were ended, because their clients .* 100 ms$/m);
});

const maxWaitMs = 100;

async function serveAtMostTwo(t: TestContext) {
  const mayAnswer = Promise.withResolvers<void>();
  const server = await serveForTest(
    {
      http: async (request, response) => {
        if (request.url === "/form") await readBody(request, 100);
        if (request.url === "/slow") await mayAnswer.promise;
        response.end(request.url === "/large" ? largeBody : "ok");
      },
    },
    "busy",
    { maxRequests, slowClients: new SlowClients(maxWaitMs) },
  );
  t.after(async () => {
    mayAnswer.resolve();
    await server.close();
  });
  return { port: server.port, url: `http://${server.address}`, release: mayAnswer.resolve };
}

/** Opens two connections that send a text and read nothing, until requests are rejected. */
async function openTwo(t: TestContext, port: number, text: string) {
  const sockets = [connect(port, "127.0.0.1"), connect(port, "127.0.0.1")] as const;
  for (const socket of sockets) {
    t.after(() => socket.destroy());
    socket.on("error", () => undefined).write(text);
  }
  await untilStatus(`http://127.0.0.1:${port}`, 503);
  return sockets;
}

const untilServed = (url: string) => untilStatus(url, 200);

async function untilStatus(url: string, status: number): Promise<void> {
  const endMs = performance.now() + 5000;
  while ((await fetch(url)).status !== status) {
    if (performance.now() > endMs) throw new Error(`no answer with ${status} within 5 s`);
    await delay(10);
  }
}

// The other one may have sent its request later.
async function untilOneIsClosed(sockets: readonly Socket[]): Promise<void> {
  const signal = AbortSignal.timeout(5000);
  await Promise.any(
    // A socket that is not read is not closed either.
    sockets.map(async (socket) => socket.resume().closed || once(socket, "close", { signal })),
  );
}
