import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, constants, createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { connectionLimits } from "./connection-limits.ts";
import { Http2Limits } from "./http2-limits.ts";

const part = Buffer.alloc(10_000);

test("the oldest requests that do not end are reset, so that all together stay below the limit", async (t) => {
  const open = await serve(t, 35_000);
  const [first, ...others] = [await open(), await open(), await open(), await open()];
  if (!first.closed) await once(first, "close", { signal: AbortSignal.timeout(5000) });
  assert.equal(first.rstCode, constants.NGHTTP2_ENHANCE_YOUR_CALM);
  for (const stream of others) {
    stream.end();
    await once(stream, "close");
    assert.equal(stream.rstCode, constants.NGHTTP2_NO_ERROR);
  }
});

test("requests that have ended do not count", async (t) => {
  const open = await serve(t, 35_000);
  for (let count = 0; count < 10; count += 1) {
    const stream = await open();
    stream.end();
    await once(stream, "close");
    assert.equal(stream.rstCode, constants.NGHTTP2_NO_ERROR);
  }
});

/** Serves HTTP/2 with a limit, and returns a function that sends a part of a request on a connection of its own. */
async function serve(t: TestContext, maxPartialBytes: number) {
  const server = createServer();
  server.on("stream", (stream) => {
    stream.on("error", () => undefined).resume();
    stream.respond({ ":status": 200 });
    stream.once("end", () => stream.end());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const limits = new Http2Limits(connectionLimits, () => undefined, maxPartialBytes);
  server.on("connection", (socket) => limits.watch(socket));
  const sessions = new Set<ReturnType<typeof connect>>();
  t.after(() => {
    for (const session of sessions) session.destroy();
    limits.close();
    server.close();
  });
  return async () => {
    const session = connect(`http://127.0.0.1:${port}`);
    sessions.add(session);
    const stream = session.request({ ":method": "POST" }).on("error", () => undefined);
    stream.resume().write(part);
    await once(stream, "response");
    // The answer to a ping follows the data that was sent before it.
    await new Promise((resolve) => session.ping(resolve));
    return stream;
  };
}
