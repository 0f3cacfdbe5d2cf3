import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from "node:net";
import { describe, test } from "node:test";
import { CartServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "./client.ts";
import { countWarmUps, serveHere, untilWarmedUp } from "./fixtures/prewarm.ts";
import { implement } from "./rpc.ts";

describe("a function that warms up its dependencies", () => {
  test("warms up its dependencies at its boot, and they warm up theirs", async (t) => {
    const leaf = await serveHere(t, "leaf", "graph");
    const middle = await serveHere(t, "middle", "predict", {
      dependencies: { leaf: leaf.address },
      predict: () => [],
    });
    await serveHere(t, "root", "graph", { dependencies: { middle: middle.address } });
    await untilWarmedUp("middle", { "boot OK": 1 });
    await untilWarmedUp("leaf", { "forward OK": 1 });
  });

  test("warms up its dependencies at its boot in mode predict if it does not predict", async (t) => {
    const behind = await serveHere(t, "behind", "off");
    await serveHere(t, "inner", "predict", { dependencies: { behind: behind.address } });
    await untilWarmedUp("behind", { "boot OK": 1 });
  });

  test("warms up nothing at its boot in mode off, or in mode predict if it predicts", async (t) => {
    const quiet = await serveHere(t, "quiet", "off");
    const dependencies = { quiet: quiet.address };
    await serveHere(t, "still", "off", { dependencies });
    const silent = await serveHere(t, "silent", "predict", { dependencies, predict: () => [] });
    const loud = await serveHere(t, "loud", "off");
    // A later warm-up proves that the earlier ones were not sent.
    await serveHere(t, "ringer", "graph", { dependencies: { loud: loud.address } });
    await untilWarmedUp("loud", { "boot OK": 1 });
    assert.deepEqual(await countWarmUps("quiet"), {});
    assert.ok(silent.port > 0);
  });

  test("warms up the dependencies of the next page after a page was answered", async (t) => {
    const next = await serveHere(t, "next", "off");
    const page = await serveHere(t, "page", "predict", {
      dependencies: { next: next.address },
      http: (request, response) => {
        response.writeHead(request.url === "/broken" ? 500 : 200).end();
      },
      predict: (method, path) => (method === "GET" && path !== "/alone" ? ["next", "nobody"] : []),
    });
    for (const path of ["/broken", "/alone"]) await fetch(`http://${page.address}${path}`);
    assert.deepEqual(await countWarmUps("next"), {});
    await fetch(`http://${page.address}/`);
    await untilWarmedUp("next", { "predict OK": 1 });
    // It has just answered, so it is skipped.
    await fetch(`http://${page.address}/`);
    const other = await serveHere(t, "other", "off");
    await serveHere(t, "second", "graph", { dependencies: { other: other.address } });
    await untilWarmedUp("other", { "boot OK": 1 });
    assert.deepEqual(await countWarmUps("next"), { "predict OK": 1 });
  });

  test("shares its connection with the calls that follow", async (t) => {
    const cart = implement(CartServiceDefinition, {
      addItem: () => ({}),
      getCart: ({ userId }) => ({ userId, items: [] }),
      emptyCart: () => ({}),
      setItemQuantity: () => ({}),
      removeItems: () => ({}),
    });
    const dependency = await serveHere(t, "dependency", "off", { services: [cart] });
    let connections = 0;
    const wire = createTcpServer((socket) => {
      connections += 1;
      const onward = connect(dependency.port, "127.0.0.1");
      socket.pipe(onward).pipe(socket);
      for (const each of [socket, onward]) each.on("error", () => undefined);
    }).listen(0, "127.0.0.1");
    await once(wire, "listening");
    t.after(() => wire.close());
    const address = `127.0.0.1:${(wire.address() as AddressInfo).port}`;
    // As in a function: its clients are created before it boots, and call after that.
    const client = createClient(CartServiceDefinition, address);
    t.after(() => client.close());
    await serveHere(t, "caller", "graph", { dependencies: { dependency: address } });
    await untilWarmedUp("dependency", { "boot OK": 1 });
    await client.getCart({ userId: "u" });
    assert.equal(connections, 1);
  });

  test("makes them load the code that only some requests need", async (t) => {
    const loads: string[] = [];
    const loader = await serveHere(t, "loader", "off", {
      preload: async () => {
        loads.push("loader");
        throw new Error("nothing depends on it");
      },
    });
    assert.equal((await fetch(`http://${loader.address}/health/readiness`)).status, 200);
    assert.deepEqual(loads, []);
    await serveHere(t, "hurry", "graph", { dependencies: { loader: loader.address } });
    await untilWarmedUp("loader", { "boot OK": 1 });
    assert.deepEqual(loads, ["loader"]);
  });

  test("answers at once although a dependency does not", async (t) => {
    const sockets = new Set<Socket>();
    const deaf = createTcpServer((socket) => void sockets.add(socket)).listen(0, "127.0.0.1");
    await once(deaf, "listening");
    t.after(() => {
      for (const socket of sockets) socket.destroy();
      deaf.close();
    });
    const address = deaf.address();
    assert.ok(typeof address === "object" && address);
    const caller = await serveHere(t, "caller", "graph", {
      dependencies: { deaf: `127.0.0.1:${address.port}` },
      http: (_request, response) => void response.end("here"),
    });
    const answer = await fetch(`http://${caller.address}/`);
    assert.equal(await answer.text(), "here");
    assert.deepEqual(await countWarmUps("deaf"), {});
  });

  test("counts a dependency that is not reachable", async (t) => {
    const gone = createServer().listen(0, "127.0.0.1");
    await once(gone, "listening");
    const address = gone.address();
    assert.ok(typeof address === "object" && address);
    gone.close();
    await serveHere(t, "lonely", "graph", { dependencies: { gone: `127.0.0.1:${address.port}` } });
    await untilWarmedUp("gone", { "boot UNAVAILABLE": 1 });
  });
});
