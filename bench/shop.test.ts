import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type Manifest, readManifests } from "#local/manifest.ts";
import { labelOf, measuredCallOf } from "./calls.ts";
import { measureBoot } from "./measure-boot.ts";
import { buildPeers, echoPath } from "./peers.ts";
import { startProcess } from "./processes.ts";
import { RpcClient } from "./rpc-client.ts";
import { orderByCallees, startShop } from "./shop.ts";

const functionsDir = join(import.meta.dirname, "..", "functions");

function manifestOf(name: string, callees: string[] = []): Manifest {
  return {
    name,
    folder: `/functions/${name}`,
    callees: callees.map((callee) => ({ variable: `${callee}_ADDR`, name: callee })),
    env: {},
    localPort: 0,
    minScale: 0,
    subscriptions: [],
  };
}

test("callees start before their callers", () => {
  const manifests = [manifestOf("page", ["cart", "list"]), manifestOf("cart"), manifestOf("list")];
  assert.deepEqual(
    orderByCallees(manifests).map(({ name }) => name),
    ["cart", "list", "page"],
  );
});

test("functions that call each other in a circle are refused by name", () => {
  const manifests = [manifestOf("a", ["b"]), manifestOf("b", ["a"])];
  assert.throws(() => orderByCallees(manifests), /in a circle: a -> b -> a/);
});

test("a function without an entry of its own is asked for its health", () => {
  assert.equal(labelOf(measuredCallOf("eleventhservice")), "grpc.health.v1.Health/Check");
  assert.equal(labelOf(measuredCallOf("cartservice")), "CartService/GetCart");
  assert.equal(labelOf(measuredCallOf("frontend")), "GET /");
});

test("no two orders or their confirmations are the same", () => {
  for (const name of ["checkoutservice", "emailservice"]) {
    const { rpc } = measuredCallOf(name);
    assert.notDeepEqual(rpc?.(1).message, rpc?.(2).message);
  }
});

test("the client tells an answer from a failure, and a failure by its status", async (t) => {
  const { bundles } = await buildPeers();
  const running = await startProcess({ name: "echo", args: [bundles.echo], env: {} });
  t.after(() => running.stop());
  const client = new RpcClient(running.port);
  t.after(() => client.close());
  await client.call(echoPath, new Uint8Array([1, 2, 3]));
  await assert.rejects(client.call("/bench.EchoService/Nothing", new Uint8Array()), /status 12: /);
});

test("a function is measured against bare node and the echo server, spans included", async (t) => {
  const manifests = (await readManifests(functionsDir)).filter(
    ({ name }) => name === "currencyservice",
  );
  const dataDir = await mkdtemp(join(tmpdir(), "bench-"));
  t.after(() => rm(dataDir, { recursive: true }));
  const shop = await startShop(manifests, await buildPeers(), dataDir);
  t.after(() => shop.stop());
  const rounds = 1;
  const boot = await measureBoot(shop, { manifests, rounds, onProgress: () => {} });
  const [currency] = boot.functions;
  assert.equal(currency?.call, "CurrencyService/Convert");
  assert.equal(currency?.samplesMs.length, rounds);
  assert.equal(boot.node.samplesMs.length, rounds);
  // Each of the two processes sent the spans of its boot and of its call before it ended.
  assert.ok((await shop.countSpans()) >= 2);
});
