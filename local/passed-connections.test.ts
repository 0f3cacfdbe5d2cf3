import assert from "node:assert/strict";
import { connect, createServer, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { PaymentServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "#runtime/client.ts";
import { listenOn } from "#runtime/listen.ts";
import { charge } from "./fixtures/charge.ts";
import { startFunctions, waitUntil } from "./fixtures/start-fixtures.ts";
import type { PlatformOptions } from "./platform.ts";

async function startPayment(t: TestContext, options: PlatformOptions = {}) {
  return (await startFunctions(t, options)).function("paymentservice");
}

function connectTo(t: TestContext, address: string) {
  const client = createClient(PaymentServiceDefinition, address, { timeoutMs: 20_000 });
  t.after(() => client.close());
  return client;
}

// A proxy that passes on each byte with a write of its own.
async function startDripping(t: TestContext, port: number): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (client) => {
    const target = connect({ host: "127.0.0.1", port, noDelay: true });
    for (const socket of [client, target]) sockets.add(socket.on("error", () => undefined));
    client.on("data", (bytes) => {
      for (const byte of bytes) target.write(Buffer.of(byte));
    });
    target.pipe(client);
  });
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const proxyPort = await listenOn(server, { host: "127.0.0.1", port: 0 });
  return `127.0.0.1:${proxyPort}`;
}

test("loses no byte of calls that arrive in small parts, at zero and warm", async (t) => {
  const payment = await startPayment(t);
  const address = await startDripping(t, payment.port);
  for (const state of ["zero", "ready", "ready"]) {
    assert.equal(payment.state, state);
    const clients = [1, 2, 3, 4].map(() => connectTo(t, address));
    const answers = await Promise.all(clients.map((client) => client.charge(charge)));
    assert.equal(new Set(answers.map(({ transactionId }) => transactionId)).size, 4);
  }
  assert.equal(payment.snapshot().starts, 1);
});

test("a call that has ended before it is reported counts as a use", async (t) => {
  const payment = await startPayment(t);
  const client = connectTo(t, payment.address);
  await client.charge(charge);
  const usedAtMs = () => payment.snapshot().lastUsedAtMs ?? 0;
  for (const _ of [1, 2, 3]) {
    const beforeMs = Date.now();
    await client.charge(charge);
    await waitUntil(() => usedAtMs() > beforeMs && payment.snapshot().inFlight === 0);
  }
});

test("passes a connection that a crashed process has not accepted to the next one", async (t) => {
  const payment = await startPayment(t);
  // Another address for each client: clients with the same one share a connection.
  const connectAnew = async () => connectTo(t, await startDripping(t, payment.port));
  await (await connectAnew()).charge(charge);
  const client = await connectAnew();
  process.kill(payment.snapshot().pid ?? 0, "SIGKILL");
  // The platform does not know yet that the process is gone.
  const { transactionId } = await client.charge(charge);
  assert.match(transactionId, /./);
  assert.equal(payment.snapshot().starts, 2);
});

test("a client whose process crashes reaches the next one", async (t) => {
  const payment = await startPayment(t);
  const client = connectTo(t, payment.address);
  await client.charge(charge);
  process.kill(payment.snapshot().pid ?? 0, "SIGKILL");
  await payment.waitForState("crashed");
  await client.charge(charge);
  assert.equal(payment.snapshot().starts, 2);
});
