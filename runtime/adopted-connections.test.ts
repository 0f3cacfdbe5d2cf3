import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttpServer, type ServerResponse } from "node:http";
import { createServer, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { AdoptedConnections } from "./adopted-connections.ts";
import { RawClient } from "./fixtures/raw-client.ts";
import { listenOn } from "./listen.ts";

/** Serves one connection, whose requests the test answers, and records its end. */
async function adoptOne(t: TestContext) {
  const responses: ServerResponse[] = [];
  const http = createHttpServer((_, response) => responses.push(response));
  // From then on Node.js counts idle connections.
  http.emit("listening");
  t.after(() => http.close());
  const adopted = new AdoptedConnections(http);
  const ends: boolean[] = [];
  const server = createServer();
  t.after(() => server.close());
  const port = await listenOn(server, { host: "127.0.0.1", port: 0 });
  const connected = once(server, "connection") as Promise<[Socket]>;
  const client = await RawClient.open(t, port);
  const [socket] = await connected;
  adopted.serve(socket, (isGivenBack) => ends.push(isGivenBack));
  const answer = async (text: string) => {
    while (responses.length === 0) await once(http, "request");
    responses.shift()?.end(text);
    assert.match(await client.response(), new RegExp(`${text}$`));
  };
  return { adopted, client, ends, http, socket, answer };
}

const get = "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n";

test("a connection between two requests is given back", async (t) => {
  const { adopted, client, ends, answer } = await adoptOne(t);
  client.send(get);
  await answer("first");
  adopted.closeIdle();
  assert.deepEqual([ends, adopted.size], [[true], 0]);
});

test("a connection with an open request is given back after its response", async (t) => {
  const { adopted, client, ends, http, answer } = await adoptOne(t);
  const requested = once(http, "request");
  client.send(get);
  await requested;
  adopted.closeIdle();
  assert.deepEqual([ends, adopted.size], [[], 1]);
  await answer("late");
  adopted.closeIdle();
  assert.deepEqual([ends, adopted.size], [[true], 0]);
});

test("a connection on which a request has started is kept", async (t) => {
  const { adopted, client, ends, socket, answer } = await adoptOne(t);
  client.send(get.slice(0, 9));
  while (socket.bytesRead < 9) await new Promise((resolve) => setImmediate(resolve));
  adopted.closeIdle();
  assert.deepEqual([ends, adopted.size], [[], 1]);
  client.send(get.slice(9));
  await answer("complete");
});

test("a connection that its client closes is not given back", async (t) => {
  const { adopted, client, ends, socket } = await adoptOne(t);
  const closed = once(socket, "close");
  client.close();
  await closed;
  adopted.closeIdle();
  assert.deepEqual([ends, adopted.size], [[false], 0]);
});
