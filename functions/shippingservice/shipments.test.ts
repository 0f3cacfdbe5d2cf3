import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type TestContext, test } from "node:test";
import { ShippingServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "#runtime/client.ts";
import { serveForTest } from "#runtime/fixtures/serve-for-test.ts";
import { configureLog } from "#runtime/log.ts";
import { implement } from "#runtime/rpc.ts";
import { recordStoresForTest } from "#runtime/store/fixtures/record-stores.ts";
import { createShippingService } from "./service.ts";
import { createShipments } from "./shipments.ts";

const address = {
  streetAddress: "1 Canal Street",
  city: "Ghent",
  state: "East Flanders",
  country: "Belgium",
  zipCode: 9000,
};
const items = [{ productId: "1YMWWN1N4O", quantity: 2 }];
const dayMs = 24 * 3_600_000;

for (const { name, skip, open } of await recordStoresForTest()) {
  const it = (title: string, work: (t: TestContext) => Promise<void>) =>
    test(`${name}: ${title}`, { skip }, async (t) => {
      lines.length = 0;
      await work(t);
    });
  const lines: string[] = [];
  const count = (message: string) =>
    lines.filter((line) => line.includes(`"message":"${message}"`)).length;

  /** Starts an instance of the service; a second one in a test has the same shipments. */
  const startInstance = async (t: TestContext) => {
    const store = open(t, { name: "shipments", format: 1, now: Date.now });
    const shipments = createShipments({ store, retentionMs: 90 * dayMs, now: Date.now });
    const service = createShippingService(shipments, Math.random);
    const server = await serveForTest({
      services: [implement(ShippingServiceDefinition, service)],
    });
    configureLog({ write: (line) => lines.push(line) });
    t.after(() => server.close());
    const client = createClient(ShippingServiceDefinition, server.address);
    t.after(() => client.close());
    return { client, store };
  };

  it("a shipment id is shipped once, also by another instance and in upper case", async (t) => {
    const clients = [(await startInstance(t)).client, (await startInstance(t)).client];
    const shipmentId = randomUUID();
    const responses = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        clients[index % 2]?.shipOrder({ address, items, shipmentId }),
      ),
    );
    const [first] = responses;
    assert.match(first?.trackingId ?? "", /^[A-Y]{2}-/);
    for (const response of responses) assert.deepEqual(response, first);
    const next = (await startInstance(t)).client;
    const upper = shipmentId.toUpperCase();
    assert.deepEqual(await next.shipOrder({ address, items, shipmentId: upper }), first);
    assert.equal(count("order shipped"), 1);
  });

  it("a shipment is cancelled once, and is not shipped again", async (t) => {
    const clients = [(await startInstance(t)).client, (await startInstance(t)).client];
    const shipmentId = randomUUID();
    await clients[0]?.shipOrder({ address, items, shipmentId });
    const responses = await Promise.all(
      Array.from({ length: 10 }, (_, index) => clients[index % 2]?.cancelShipment({ shipmentId })),
    );
    for (const response of responses) assert.deepEqual(response, { wasShipped: true });
    const next = (await startInstance(t)).client;
    assert.deepEqual(await next.cancelShipment({ shipmentId }), { wasShipped: true });
    const again = next.shipOrder({ address, items, shipmentId });
    await assert.rejects(again, { code: "ABORTED", message: /was cancelled: ship with a new id$/ });
    assert.deepEqual([count("order shipped"), count("shipment cancelled")], [1, 1]);
  });

  it("the cancellation of an unknown id forbids the shipment", async (t) => {
    const { client } = await startInstance(t);
    const shipmentId = randomUUID();
    assert.deepEqual(await client.cancelShipment({ shipmentId }), { wasShipped: false });
    const next = (await startInstance(t)).client;
    assert.deepEqual(await next.cancelShipment({ shipmentId }), { wasShipped: false });
    await assert.rejects(next.shipOrder({ address, items, shipmentId }), { code: "ABORTED" });
    assert.equal(count("order shipped"), 0);
  });

  it("an order without an address does not use the id up", async (t) => {
    const { client, store } = await startInstance(t);
    const shipmentId = randomUUID();
    const refused = client.shipOrder({ address: undefined, items, shipmentId });
    await assert.rejects(refused, { code: "INVALID_ARGUMENT" });
    assert.equal(await store.get(shipmentId), undefined);
  });

  it("records hold no address, and keep fields that this release does not know", async (t) => {
    const { client, store } = await startInstance(t);
    const shipmentId = randomUUID();
    const { trackingId } = await client.shipOrder({ address, items, shipmentId });
    const text = (await store.get(shipmentId)) ?? "";
    const { changedAtMs, ...record } = JSON.parse(text);
    assert.deepEqual(record, { format: 1, state: "shipped", trackingId });
    const newer = JSON.stringify({ ...record, changedAtMs, carrier: "bicycle" });
    const write = { value: newer, expiresAtMs: Date.now() + dayMs, tags: [], sortMs: 1 };
    await store.replace(shipmentId, text, write);
    await client.cancelShipment({ shipmentId });
    const { state, carrier } = JSON.parse((await store.get(shipmentId)) ?? "");
    assert.deepEqual([state, carrier], ["cancelled", "bicycle"]);
  });

  it("a damaged record is DATA_LOSS, without its text", async (t) => {
    const { client, store } = await startInstance(t);
    const shipmentId = randomUUID();
    const write = { value: "{}", expiresAtMs: Date.now() + dayMs, tags: [], sortMs: 1 };
    await store.replace(shipmentId, undefined, write);
    const loss = { code: "DATA_LOSS", message: "the stored shipment is damaged" };
    await assert.rejects(client.shipOrder({ address, items, shipmentId }), loss);
    await assert.rejects(client.cancelShipment({ shipmentId }), loss);
  });
}
