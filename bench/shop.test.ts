import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readManifests } from "#manifest/manifest.ts";
import { findFreePort } from "#runtime/find-free-port.ts";
import { labelOf, measuredCallOf } from "./calls.ts";
import { measureBoot } from "./measure-boot.ts";
import { echoPath } from "./peers/paths.ts";
import { buildPeers } from "./peers.ts";
import { startProcess } from "./processes.ts";
import { RpcClient } from "./rpc-client.ts";
import { startShop } from "./shop.ts";
import { startOrderFloor } from "./storefront/order-floor.ts";
import { Visitor } from "./storefront/visitor.ts";

test("every function has a measured call, a new one without an example too", () => {
  const calls = readManifests().map((each) => [each.name, labelOf(measuredCallOf(each))]);
  assert.partialDeepStrictEqual(Object.fromEntries(calls), {
    adservice: "AdService/GetAds",
    cartservice: "CartService/GetCart",
    checkoutservice: "CheckoutService/PlaceOrder",
    currencyservice: "CurrencyService/Convert",
    emailservice: "EmailService/SendOrderConfirmation",
    frontend: "GET /",
    paymentservice: "PaymentService/Charge",
    productcatalogservice: "ProductCatalogService/ListProducts",
    recommendationservice: "RecommendationService/ListRecommendations",
    shippingservice: "ShippingService/GetQuote",
  });
  const eleventh = { name: "eleventhservice", isPublic: false };
  assert.equal(labelOf(measuredCallOf(eleventh)), "grpc.health.v1.Health/Check");
});

test("no two orders or their confirmations are the same", () => {
  for (const name of ["checkoutservice", "emailservice"]) {
    const { rpc } = measuredCallOf({ name, isPublic: false });
    assert.notDeepEqual(rpc?.(1).message, rpc?.(2).message);
  }
});

test("the client rejects with the gRPC status of a failed call", async (t) => {
  const { bundles } = await buildPeers();
  const running = await startProcess({ name: "echo", args: [bundles.echo], env: {} });
  t.after(() => running.stop());
  const client = new RpcClient(running.port);
  t.after(() => client.close());
  await client.call(echoPath, new Uint8Array([1, 2, 3]));
  await assert.rejects(client.call("/bench.EchoService/Nothing", new Uint8Array()), /status 12: /);
});

test("a visitor can place orders at their floor, which ends with all its processes", async (t) => {
  const floor = await startOrderFloor(await buildPeers());
  t.after(() => floor.stop());
  const visitor = await Visitor.open(floor.url, 1);
  t.after(() => visitor.close());
  assert.ok((await visitor.order()) > 0);
  await floor.stop();
  await assert.rejects(visitor.order());
});

test("an order at its floor fails if a call of checkout does", async (t) => {
  const { bundles } = await buildPeers();
  const start = async (peer: keyof typeof bundles, argument: unknown) => {
    const args = [bundles[peer], JSON.stringify(argument)];
    const running = await startProcess({ name: peer, args, env: {} });
    t.after(() => running.stop());
    return `127.0.0.1:${running.port}`;
  };
  const echo = await start("echo", []);
  const checkout = await start("chain", { stages: [[`127.0.0.1:${await findFreePort()}`]] });
  const others = { cart: echo, recommendation: echo, shipping: echo };
  const pages = await start("order-pages", { ...others, checkout });
  const visitor = await Visitor.open(`http://${pages}`, 1);
  t.after(() => visitor.close());
  await assert.rejects(visitor.order(), /status 500/);
});

test("a function is measured against bare node and the echo server, spans included", async (t) => {
  const manifests = readManifests().filter(({ name }) => name === "currencyservice");
  const dataDir = await mkdtemp(join(tmpdir(), "bench-"));
  t.after(() => rm(dataDir, { recursive: true }));
  const shop = await startShop(manifests, await buildPeers(), dataDir);
  t.after(() => shop.stop());
  const rounds = 1;
  const boot = await measureBoot(shop, { manifests, rounds, onProgress: () => {}, env: {} });
  const [currency] = boot.functions;
  assert.equal(currency?.call, "CurrencyService/Convert");
  assert.equal(currency?.samplesMs.length, rounds);
  assert.equal(boot.node.samplesMs.length, rounds);
  // Each of the two processes sent the spans of its boot and of its call before it ended.
  assert.ok((await shop.countSpans()) >= 2);
});
