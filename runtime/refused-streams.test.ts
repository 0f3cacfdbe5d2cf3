import assert from "node:assert/strict";
import { once } from "node:events";
import { constants, createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { CartServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "./client.ts";

test("a write is repeated while the server refuses its streams, because it was not processed", async (t) => {
  let streams = 0;
  const server = createServer().on("stream", (stream) => {
    streams += 1;
    stream.on("error", () => undefined);
    if (streams < 5) return stream.close(constants.NGHTTP2_REFUSED_STREAM);
    const head = { ":status": 200, "content-type": "application/grpc", "grpc-status": "9" };
    return stream.respond(head, { endStream: true });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const client = createClient(CartServiceDefinition, `127.0.0.1:${port}`);
  t.after(() => {
    client.close();
    server.close();
  });
  await assert.rejects(client.addItem({ userId: "u", item: undefined }), {
    code: "FAILED_PRECONDITION",
  });
  assert.equal(streams, 5);
});
