import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { listFunctions } from "#manifest/manifest.ts";
import { startLocalShop } from "../fixtures/local-shop.ts";
import { poll } from "../fixtures/poll.ts";
import { countOf } from "./counts.ts";
import { reportFigures } from "./figures.ts";
import { createProgram } from "./program.ts";
import { Traffic } from "./traffic.ts";
import { describeTraffic } from "./traffic-counts.ts";

const visits = countOf({ full: 40, short: 4 });

/** How a trace backend fails, by name; each returns its URL. */
const backends: Readonly<Record<string, (t: TestContext) => Promise<string>>> = {
  down: async () => "http://127.0.0.1:1/api/v2/spans",
  "hanging: it accepts and never answers": (t) => listen(t, () => undefined),
  "slow: it answers after 3 s": (t) =>
    listen(t, (socket) => {
      const timer = setTimeout(() => socket.end(accepted), 3000);
      socket.once("close", () => clearTimeout(timer));
    }),
  "refusing: it answers 503": (t) =>
    listen(t, (socket) => socket.end("HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n")),
  "a blackhole: it never accepts": fillBacklog,
};
const accepted = "HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n";
const names = countOf({
  full: Object.keys(backends),
  short: ["hanging: it accepts and never answers"],
});

describe("Jaeger", () => {
  for (const name of names) {
    test(`${name}: no request fails, and functions still stop at once`, async (t) => {
      const url = await backends[name]?.(t);
      // On a cluster the functions send their spans to Jaeger themselves.
      const statements = `process.env.OTEL_EXPORTER_ZIPKIN_ENDPOINT = ${JSON.stringify(url)};`;
      const programs = Object.fromEntries(
        listFunctions().map((each) => [each, createProgram(t, each, statements).path]),
      );
      const shop = await startLocalShop({ programs, idleWindowMs: 3000 });
      t.after(() => shop.close());
      const traffic = Traffic.start(t, { url: shop.platform.urls.storefront });
      await poll(
        async () => (traffic.result.orders.placed.length >= visits ? true : undefined),
        () => describeTraffic(traffic.result),
        120_000,
      );
      const result = await traffic.stop();
      // A drain waits for the spans, but not for long.
      const startMs = performance.now();
      await shop.platform.waitForZero(20_000);
      const stoppedMs = Math.round(performance.now() - startMs);
      const figures = `${describeTraffic(result)}; all at zero after ${stoppedMs} ms`;
      reportFigures(t, `Jaeger ${name.split(":")[0]}`, figures);
      assert.deepEqual(result.errors, []);
      for (const each of shop.platform.functions) assert.equal(each.snapshot().lastCrash, null);
    });
  }
});

/** Listens on a free port; `answer` gets each connection that has sent bytes. */
async function listen(t: TestContext, answer: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket)).on("error", () => socket.destroy());
    socket.once("data", () => answer(socket)).resume();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v2/spans`;
}

/** A port whose queue of connections is full: further ones are never established. */
async function fillBacklog(t: TestContext): Promise<string> {
  const program = `
    const server = require("node:net").createServer();
    server.listen(0, "127.0.0.1", 1, () => console.log(server.address().port));
  `;
  const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => child.kill("SIGKILL"));
  const [output] = await once(child.stdout, "data");
  const port = Number(output);
  child.kill("SIGSTOP");
  for (let count = 0; count < 4; count += 1) {
    const socket = connect(port, "127.0.0.1").on("error", () => undefined);
    t.after(() => socket.destroy());
  }
  return `http://127.0.0.1:${port}/api/v2/spans`;
}
