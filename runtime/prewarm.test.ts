import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { describe, type TestContext, test } from "node:test";
import { type CloudEvent, HTTP } from "cloudevents";
import { prewarm } from "#protos/events.ts";
import { CartServiceDefinition } from "#protos/hipstershop.ts";
import { WakeRequest } from "#protos/prewarm.ts";
import { createClient } from "./client.ts";
import { createEventSink } from "./deliver-event.ts";
import { serveForTest } from "./fixtures/serve-for-test.ts";
import { renderMetrics } from "./metrics.ts";
import type { PrewarmMode } from "./prewarm.ts";
import { implement } from "./rpc.ts";
import type { FunctionDefinition } from "./serve.ts";

async function serveHere(
  t: TestContext,
  name: string,
  mode: PrewarmMode,
  definition: FunctionDefinition = {},
) {
  const server = await serveForTest(definition, name, mode);
  t.after(() => server.close());
  return server;
}

async function countWarmUps(dependency: string): Promise<Record<string, number>> {
  const { body } = await renderMetrics();
  const line = new RegExp(
    `^faas_prewarms_total\\{callee="${dependency}",trigger="(\\w+)",grpc_code="(\\w+)"\\} (\\d+)$`,
    "gm",
  );
  const found = [...body.matchAll(line)];
  return Object.fromEntries(found.map(([, trigger, code, n]) => [`${trigger} ${code}`, Number(n)]));
}

async function untilWarmedUp(dependency: string, expected: Record<string, number>): Promise<void> {
  const endMs = performance.now() + 10_000;
  for (;;) {
    const seen = await countWarmUps(dependency);
    if (JSON.stringify(seen) === JSON.stringify(expected)) return;
    assert.ok(performance.now() < endMs, `${dependency} was warmed up: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

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

  test("warms up the receivers of a sink by an event, and counts failures", async (t) => {
    const events: unknown[] = [];
    const broker = await serveHere(t, "broker", "off", {
      http: async (request, response) => {
        if (request.url === "/broken") return void response.writeHead(503).end();
        events.push(HTTP.toEvent({ headers: request.headers, body: await text(request) }));
        response.writeHead(202).end();
      },
    });
    const sinkAt = (url: string) => createEventSink(new URL(url));
    const dependencies = {
      sink: sinkAt(`http://${broker.address}/events`),
      broken: sinkAt(`http://${broker.address}/broken`),
      unheard: sinkAt("http://127.0.0.1:1/"),
    };
    const sender = await serveHere(t, "sender", "graph", { dependencies });
    await untilWarmedUp("sink", { "boot OK": 1 });
    await untilWarmedUp("broken", { "boot UNAVAILABLE": 1 });
    await untilWarmedUp("unheard", { "boot UNAVAILABLE": 1 });
    // Its receivers were just warmed up, the others were not.
    await serveHere(t, "waker", "graph", { dependencies: { sender: sender.address } });
    await untilWarmedUp("broken", { "boot UNAVAILABLE": 1, "forward UNAVAILABLE": 1 });
    assert.deepEqual(await countWarmUps("sink"), { "boot OK": 1 });
    const [event, ...others] = events as [CloudEvent<object>];
    assert.deepEqual(others, []);
    const { specversion, type, source, data } = event;
    assert.deepEqual([specversion, type, source], ["1.0", prewarm.type, "/sender"]);
    assert.deepEqual(WakeRequest.fromJSON(data), { waker: "sender" });
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
    // As a function does it: its clients are made before it boots, and call after that.
    const client = createClient(CartServiceDefinition, address);
    t.after(() => client.close());
    await serveHere(t, "caller", "graph", { dependencies: { dependency: address } });
    await untilWarmedUp("dependency", { "boot OK": 1 });
    await client.getCart({ userId: "u" });
    assert.equal(connections, 1);
  });

  test("makes a function that is warmed up load what only some requests need", async (t) => {
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
