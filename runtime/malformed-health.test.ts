import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:http2";
import { test } from "node:test";
import { implementCart } from "./fixtures/cart.ts";
import { serveForTest } from "./fixtures/serve-for-test.ts";

for (const method of ["Check", "Watch"]) {
  test(`answers INVALID_ARGUMENT to a malformed request of Health/${method}`, async (t) => {
    const server = await serveForTest({ services: [implementCart({})] });
    t.after(() => server.close());
    const session = connect(`http://${server.address}`);
    t.after(() => session.destroy());
    const stream = session.request({
      ":method": "POST",
      ":path": `/grpc.health.v1.Health/${method}`,
      "content-type": "application/grpc",
      te: "trailers",
    });
    // A field with a length of which nothing follows.
    stream.end(Buffer.from([0, 0, 0, 0, 1, 0x0a]));
    const statuses: (string | undefined)[] = [];
    for (const event of ["response", "trailers"]) {
      stream.on(event, (headers) => statuses.push(headers["grpc-status"]));
    }
    stream.resume();
    await once(stream, "close");
    assert.equal(
      statuses.find((status) => status !== undefined),
      "3",
    );
  });
}
