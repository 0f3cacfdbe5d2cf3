import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { serve } from "./fixtures/serve.ts";
import { localSource, readFunctions, readLogLines, respondsAt } from "./local-platform.ts";

const { signal } = new AbortController();
const cart = { name: "cartservice", address: "127.0.0.1:7070" };
const closedPort = "http://127.0.0.1:1";

function platform({ pathname }: URL): unknown {
  if (pathname === "/api/state") return { functions: [cart] };
  if (pathname === "/api/logs") return "one\ntwo\n";
  return pathname.startsWith("/api/v2/trace/") ? [] : undefined;
}

test("reads the functions and the log of a local platform", async (t) => {
  const url = await serve(t, platform);
  assert.equal(await respondsAt(url), true);
  assert.deepEqual([...(await readFunctions(url, signal))], [["cartservice", "127.0.0.1:7070"]]);
  const lines = await Readable.from(readLogLines(url, { follow: false, signal })).toArray();
  assert.deepEqual(lines, ["one", "two"]);
});

test("an error names the platform that does not respond, or not as expected", async (t) => {
  assert.equal(await respondsAt(closedPort), false);
  const lines = readLogLines(closedPort, { follow: false, signal });
  await assert.rejects(Readable.from(lines).toArray(), {
    name: "BackendError",
    message: /^the local platform at http:\/\/127\.0\.0\.1:1 cannot be read: /,
  });
  const url = await serve(t, platform);
  const source = localSource(url);
  assert.deepEqual(await source.readTrace("1".repeat(32)), []);
  await assert.rejects(source.readTraces(1000), {
    name: "BackendError",
    message: `the local platform at ${url} cannot be read: it responded with status 500`,
  });
});
