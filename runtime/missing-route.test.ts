import assert from "node:assert/strict";
import { once } from "node:events";
import type { OutgoingHttpHeaders } from "node:http";
import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { CartServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "./client.ts";

const answers: Readonly<Record<string, OutgoingHttpHeaders>> = {
  "with HTTP 404": { ":status": 404 },
  // Envoy, to a request whose content type is application/grpc.
  "with a gRPC status": { "content-type": "application/grpc", "grpc-status": "12" },
};

for (const [how, headers] of Object.entries(answers)) {
  test(`a gateway without a route, which answers ${how}, makes a function unavailable`, async (t) => {
    const gateway = createServer();
    gateway.on("stream", (stream) => stream.respond(headers, { endStream: true }));
    gateway.listen(0, "127.0.0.1");
    await once(gateway, "listening");
    t.after(() => gateway.close());
    const { port } = gateway.address() as AddressInfo;
    const authority = "cartservice.shop.svc.cluster.local";
    const client = createClient(CartServiceDefinition, `127.0.0.1:${port}`, { authority });
    t.after(() => client.close());
    await assert.rejects(client.removeItems({ userId: "u", items: [], orderId: "" }), {
      code: "UNAVAILABLE",
      message: /^cartservice\.shop\.svc\.cluster\.local has no route in the gateway/,
    });
  });
}
