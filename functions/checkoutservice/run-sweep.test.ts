import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { CheckoutServiceDefinition } from "#protos/hipstershop.ts";
import { serveForTest } from "#runtime/fixtures/serve-for-test.ts";
import { implement } from "#runtime/rpc.ts";
import { StatusError } from "#runtime/status.ts";

const unused = () => {
  throw new StatusError("INTERNAL", "not called by a sweep");
};

/** Runs the program as a CronJob does; returns its exit code and the lines that it wrote. */
async function runSweep(env: Record<string, string>) {
  const program = join(import.meta.dirname, "index.ts");
  const child = spawn(process.execPath, [program, "sweep"], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [[code], stdout, stderr] = await Promise.all([
    once(child, "exit") as Promise<[number]>,
    text(child.stdout),
    text(child.stderr),
  ]);
  assert.equal(stderr, "");
  const lines = stdout.trimEnd().split("\n");
  return { code, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

test("a sweep calls checkoutservice, logs the numbers of orders in one line and exits 0", async (t) => {
  const handlers = {
    placeOrder: unused,
    getOrder: unused,
    listOrders: unused,
    sweep: () => ({ settled: 3, open: 1 }),
  };
  const server = await serveForTest({ services: [implement(CheckoutServiceDefinition, handlers)] });
  t.after(() => server.close());
  const { code, lines } = await runSweep({ CHECKOUT_SERVICE_ADDR: server.address });
  assert.equal(code, 0);
  assert.deepEqual(
    lines.map(({ service, message, settled, open }) => [service, message, settled, open]),
    [["checkoutservice-sweep", "swept orders", 3, 1]],
  );
});

test("a sweep exits 1 with one line if checkoutservice does not respond", async () => {
  const { code, lines } = await runSweep({ CHECKOUT_SERVICE_ADDR: "127.0.0.1:1" });
  assert.equal(code, 1);
  assert.deepEqual([lines.length, lines[0]?.severity], [1, "ERROR"]);
  assert.match(`${lines[0]?.message}`, /^checkoutservice-sweep failed: .*ECONNREFUSED/);
});

test("a sweep exits 2 with one line if the address is missing", async () => {
  const { code, lines } = await runSweep({});
  assert.equal(code, 2);
  assert.deepEqual(
    lines.map(({ message }) => message),
    [
      "checkoutservice-sweep is not configured: CHECKOUT_SERVICE_ADDR is not set: expected host:port without a scheme, such as cartservice:7070",
    ],
  );
});
