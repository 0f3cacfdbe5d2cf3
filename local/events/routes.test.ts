import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { getRequestListener } from "@hono/node-server";
import type { Broker } from "./broker.ts";
import { eventRoutes } from "./routes.ts";

/** Serves the routes with a broker that answers when the test wants it. */
async function serveRoutes(t: TestContext) {
  const answer = Promise.withResolvers<void>();
  const signals: (AbortSignal | undefined)[] = [];
  const accept: Broker["accept"] = (_headers, _body, signal) => {
    signals.push(signal);
    return answer.promise;
  };
  const routes = eventRoutes({ accept } as unknown as Broker, () => undefined);
  const server = createServer(getRequestListener(routes.fetch));
  await once(server.listen(0, "127.0.0.1"), "listening");
  t.after(() => {
    answer.resolve();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const publish = () => request({ port, host: "127.0.0.1", method: "POST" }).end("{}");
  return { answer, signals, publish, untilReceived: () => t.waitFor(() => assert.ok(signals[0])) };
}

test("ends the deliveries of an event whose publisher has disconnected", async (t) => {
  const { signals, publish, untilReceived } = await serveRoutes(t);
  const publisher = publish();
  publisher.on("error", () => undefined);
  await untilReceived();
  publisher.destroy();
  await t.waitFor(() => assert.ok(signals[0]?.aborted));
});

test("aborts nothing after an answer", async (t) => {
  const { answer, signals, publish, untilReceived } = await serveRoutes(t);
  const publisher = publish();
  await untilReceived();
  answer.resolve();
  const [response] = await once(publisher, "response");
  assert.equal(response.statusCode, 202);
  await once(response.resume(), "close");
  // The server has closed its side of the exchange as well, if it answers the next one.
  const [next] = await once(publish(), "response");
  next.resume();
  assert.equal(signals[0]?.aborted, false);
});
