import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type TestContext, test } from "node:test";
import { ShippingServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "#runtime/client.ts";
import { createCallContext } from "#runtime/fixtures/request-context.ts";
import { serveForTest } from "#runtime/fixtures/serve-for-test.ts";
import { renderMetrics } from "#runtime/metrics.ts";
import { implement } from "#runtime/rpc.ts";
import { createMemoryRecordStore } from "#runtime/store/fixtures/memory-record-store.ts";
import { versionOfRates } from "./quote.ts";
import { createShippingService } from "./service.ts";
import { createShipments } from "./shipments.ts";

async function openClient(t: TestContext) {
  const store = createMemoryRecordStore();
  const shipments = createShipments({ store, retentionMs: 3_600_000, now: Date.now });
  const service = createShippingService(shipments, Math.random);
  const server = await serveForTest({ services: [implement(ShippingServiceDefinition, service)] });
  t.after(() => server.close());
  const client = createClient(ShippingServiceDefinition, server.address);
  t.after(() => client.close());
  return client;
}

test("allows to use a quote again for a while", async () => {
  const { context, policies } = createCallContext();
  const shipments = createShipments({
    store: createMemoryRecordStore(),
    retentionMs: 3_600_000,
    now: Date.now,
  });
  const { getQuote } = createShippingService(shipments, Math.random);
  const request = { address: undefined, items: [{ productId: "A", quantity: 1 }] };
  await getQuote(request, context);
  assert.deepEqual(policies, [{ maxAgeS: 5, staleWhileRevalidateS: 55, etag: versionOfRates() }]);
});

const address = {
  streetAddress: "1 Canal Street",
  city: "Ghent",
  state: "East Flanders",
  country: "Belgium",
  zipCode: 9000,
};
const items = [{ productId: "1YMWWN1N4O", quantity: 2 }];

test("quotes without an address", async (t) => {
  const client = await openClient(t);
  const costUsd = { currencyCode: "USD", units: 8n, nanos: 990_000_000 };
  assert.deepEqual(await client.getQuote({ address: undefined, items }), { costUsd });
  assert.deepEqual(await client.getQuote({ address, items }), { costUsd });
  const free = { currencyCode: "USD", units: 0n, nanos: 0 };
  assert.deepEqual(await client.getQuote({ address, items: [] }), { costUsd: free });
});

test("returns a tracking id for a shipped order", async (t) => {
  const client = await openClient(t);
  const { trackingId } = await client.shipOrder({ address, items });
  assert.match(trackingId, /^[A-Y]{2}-36\d{3}-18\d{7}$/);
});

test("ships each call without an id", async (t) => {
  const client = await openClient(t);
  const first = await client.shipOrder({ address, items });
  assert.notDeepEqual(await client.shipOrder({ address, items }), first);
});

test("counts a shipment and its cancellation once", async (t) => {
  const client = await openClient(t);
  const count = async (name: string) => {
    const { body } = await renderMetrics();
    const line = body.split("\n").find((each) => each.startsWith(`${name} `)) ?? "0";
    return Number(line.split(" ").at(-1));
  };
  const names = [
    "shop_shipments_total",
    "shop_items_shipped_total",
    "shop_shipments_cancelled_total",
  ];
  const before = await Promise.all(names.map(count));
  const shipmentId = randomUUID();
  for (const _ of [1, 2]) await client.shipOrder({ address, items, shipmentId });
  for (const _ of [1, 2]) await client.cancelShipment({ shipmentId });
  for (const _ of [1, 2]) await client.cancelShipment({ shipmentId: randomUUID() });
  const counts = await Promise.all(names.map(count));
  assert.deepEqual(
    counts.map((value, index) => value - (before[index] ?? 0)),
    [1, 2, 1],
  );
});

test("rejects a malformed shipment id with INVALID_ARGUMENT", async (t) => {
  const client = await openClient(t);
  for (const shipmentId of ["", "42"]) {
    const refusal = {
      code: "INVALID_ARGUMENT",
      message: `shipment_id is "${shipmentId}": expected a UUID`,
    };
    await assert.rejects(client.shipOrder({ address, items, shipmentId }), refusal);
    await assert.rejects(client.cancelShipment({ shipmentId }), refusal);
  }
});

test("rejects an order without an address with INVALID_ARGUMENT", async (t) => {
  const client = await openClient(t);
  await assert.rejects(client.shipOrder({ address: undefined, items }), {
    code: "INVALID_ARGUMENT",
    message: "address is missing",
  });
});

for (const field of ["streetAddress", "city", "state", "country"] as const) {
  test(`rejects a ${field} that is too long with INVALID_ARGUMENT`, async (t) => {
    const client = await openClient(t);
    const endless = { ...address, [field]: "x".repeat(1025) };
    await assert.rejects(client.shipOrder({ address: endless, items }), {
      code: "INVALID_ARGUMENT",
      message: /has 1025 characters: expected at most 1024$/,
    });
  });
}

for (const field of ["streetAddress", "city"] as const) {
  test(`rejects an order without ${field} with INVALID_ARGUMENT`, async (t) => {
    const client = await openClient(t);
    await assert.rejects(client.shipOrder({ address: { ...address, [field]: "" }, items }), {
      code: "INVALID_ARGUMENT",
      message: /^address\.\w+ is missing$/,
    });
  });
}

test("rejects negative quantities for quotes and shipments", async (t) => {
  const client = await openClient(t);
  const negative = [{ productId: "1YMWWN1N4O", quantity: -1 }];
  const refusal = { code: "INVALID_ARGUMENT", message: /^items\[0\]\.quantity is -1: / };
  await assert.rejects(client.getQuote({ address, items: negative }), refusal);
  await assert.rejects(client.shipOrder({ address, items: negative }), refusal);
});
