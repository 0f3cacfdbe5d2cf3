import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { type TestContext, test } from "node:test";
import { answersAt, readLocalLines } from "./local-lines.ts";

async function startConsole(t: TestContext): Promise<string> {
  const server = createServer(({ url }, response) => {
    if (url === "/api/state")
      response.end(JSON.stringify({ functions: [{ name: "cartservice" }] }));
    else if (url === "/api/logs") response.end("one\ntwo\n");
    else response.writeHead(404).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const options = { follow: false, signal: new AbortController().signal };

test("a function that the local platform does not have is refused with those that it has", async (t) => {
  const url = await startConsole(t);
  const lines = readLocalLines(url, { ...options, services: ["cart"] });
  await assert.rejects(Readable.from(lines).toArray(), {
    name: "ConfigError",
    message:
      "no function is named cart on the local platform: expected some of platform, cartservice",
  });
  const known = readLocalLines(url, { ...options, services: ["cartservice"] });
  assert.deepEqual(await Readable.from(known).toArray(), ["one", "two"]);
});

test("a platform that does not answer is named", async (t) => {
  assert.equal(await answersAt(await startConsole(t)), true);
  assert.equal(await answersAt("http://127.0.0.1:1"), false);
  const lines = readLocalLines("http://127.0.0.1:1", { ...options, services: [] });
  await assert.rejects(Readable.from(lines).toArray(), {
    name: "LocalLogError",
    message: /^the local platform at http:\/\/127\.0\.0\.1:1 does not show its log: /,
  });
});
