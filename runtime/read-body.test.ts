import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { readBody } from "./read-body.ts";
import { toRequestError } from "./request-error.ts";

const server = createServer(async (request, response) => {
  try {
    response.end(await readBody(request, 1000));
  } catch (error) {
    const { status, message } = toRequestError(error);
    response.writeHead(status).end(message);
  }
}).listen(0, "127.0.0.1");
test.after(() => server.close().closeAllConnections());
await once(server, "listening");
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

async function post(body: Uint8Array<ArrayBuffer>, encoding?: string, isChunked = false) {
  const stream = new ReadableStream({
    start: (controller) => {
      controller.enqueue(body);
      controller.close();
    },
  });
  const init: RequestInit & { duplex: "half" } = {
    method: "POST",
    headers: encoding === undefined ? {} : { "content-encoding": encoding },
    body: isChunked ? stream : body,
    duplex: "half",
  };
  const response = await fetch(url, init);
  return [response.status, await response.text()] as const;
}

test("returns the body as sent or decompressed", async () => {
  assert.deepEqual(await post(Buffer.from("text")), [200, "text"]);
  assert.deepEqual(await post(gzipSync("text"), "GZIP"), [200, "text"]);
  assert.deepEqual(await post(Buffer.alloc(1000, "a"), undefined, true), [200, "a".repeat(1000)]);
});

test("answers 413 to more bytes than the limit: announced, chunked and decompressed", async () => {
  const tooLarge = [413, "the body is larger than 1000 bytes"];
  assert.deepEqual(await post(Buffer.alloc(1001)), tooLarge);
  assert.deepEqual(await post(Buffer.alloc(1001), undefined, true), tooLarge);
  assert.deepEqual(await post(gzipSync(Buffer.alloc(1001)), "gzip"), tooLarge);
});

test("answers 415 to an unknown encoding and 400 to broken gzip", async () => {
  assert.equal((await post(Buffer.from("text"), "br"))[0], 415);
  assert.equal((await post(Buffer.from("text"), "gzip"))[0], 400);
});
