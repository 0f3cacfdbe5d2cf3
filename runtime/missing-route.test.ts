import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { CartServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "./client.ts";

test("a gateway without a route to a function makes it unavailable", async (t) => {
  const gateway = createServer((_request, response) => response.writeHead(404).end());
  gateway.listen(0, "127.0.0.1");
  await once(gateway, "listening");
  t.after(() => gateway.close());
  const { port } = gateway.address() as AddressInfo;
  const authority = "cartservice.shop.svc.cluster.local";
  const client = createClient(CartServiceDefinition, `127.0.0.1:${port}`, { authority });
  t.after(() => client.close());
  await assert.rejects(client.removeItems({ userId: "u", items: [], orderId: "" }), {
    code: "UNAVAILABLE",
    message: /^cartservice\.shop\.svc\.cluster\.local has no route: a gateway answered HTTP 404/,
  });
});
