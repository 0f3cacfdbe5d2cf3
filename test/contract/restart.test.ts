import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, type TestContext, test } from "node:test";
import { PaymentServiceDefinition, ShippingServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "#runtime/client.ts";
import type { Client, ServiceDefinition } from "#runtime/rpc.ts";
import { startRedisForTest } from "#runtime/store/fixtures/redis-for-test.ts";
import { programs, runProgram, untilReady } from "../fixtures/run-program.ts";
import { address, card, usd } from "./values.ts";

const redis = await startRedisForTest();
after(() => redis?.stop());
const skipRedis = redis ? undefined : "redis-server is not installed";

const stores: { name: string; skip: string | undefined; env: (t: TestContext) => object }[] = [
  { name: "SQLite", skip: undefined, env: (t) => ({ DATA_DIR: makeFolder(t) }) },
  {
    name: "Redis",
    skip: skipRedis,
    env: () => ({ ...redis?.env }),
  },
];

function makeFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "restart-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A process of a function, and its client. */
interface Instance<D extends ServiceDefinition> {
  client: Client<D>;
  kill(): Promise<void>;
  /** The number of its log lines with a message. */
  count(message: string): number;
}

async function startInstance<D extends ServiceDefinition>(
  t: TestContext,
  definition: D,
  env: object,
): Promise<Instance<D>> {
  const { child, lines } = runProgram(t, programs[definition.name.toLowerCase()] ?? [], env);
  await untilReady(lines);
  const ready = lines().find((line) => line.includes('"message":"ready"')) ?? "";
  const client = createClient(definition, `127.0.0.1:${JSON.parse(ready).port}`);
  t.after(() => client.close());
  return {
    client,
    kill: async () => {
      child.kill("SIGKILL");
      await once(child, "close");
    },
    count: (message) => lines().filter((line) => line.includes(`"message":"${message}"`)).length,
  };
}

for (const { name, skip, env } of stores) {
  describe(`killed processes, ${name}`, { skip, concurrency: 2 }, () => {
    const amount = usd(28n, 980_000_000);

    test("a charge, its refund and a refund before its charge survive", async (t) => {
      const data = env(t);
      const start = () => startInstance(t, PaymentServiceDefinition, data);
      const [transactionId, early] = [randomUUID(), randomUUID()];
      const charge = { amount, creditCard: card, transactionId };

      const first = await start();
      await first.client.charge(charge);
      await first.client.refund({ transactionId: early, amount });
      await first.kill();

      const second = await start();
      assert.deepEqual(await second.client.charge(charge), { transactionId });
      const late = second.client.charge({ ...charge, transactionId: early });
      await assert.rejects(late, { code: "ABORTED" });
      const refund = await second.client.refund({ transactionId, amount });
      await second.kill();

      const third = await start();
      assert.deepEqual(await third.client.refund({ transactionId, amount }), refund);
      await assert.rejects(third.client.charge(charge), { code: "ABORTED" });
      const count = (message: string) =>
        [first, second, third].reduce((sum, instance) => sum + instance.count(message), 0);
      assert.deepEqual([count("card charged"), count("charge refunded")], [1, 1]);
    });

    test("a shipment, its cancellation and a cancellation before it survive", async (t) => {
      const data = env(t);
      const start = () => startInstance(t, ShippingServiceDefinition, data);
      const [shipmentId, early] = [randomUUID(), randomUUID()];
      const order = { address, items: [], shipmentId };

      const first = await start();
      const shipped = await first.client.shipOrder(order);
      await first.client.cancelShipment({ shipmentId: early });
      await first.kill();

      const second = await start();
      assert.deepEqual(await second.client.shipOrder(order), shipped);
      const late = second.client.shipOrder({ ...order, shipmentId: early });
      await assert.rejects(late, { code: "ABORTED" });
      await second.client.cancelShipment({ shipmentId });
      await second.kill();

      const third = await start();
      assert.deepEqual(await third.client.cancelShipment({ shipmentId }), { wasShipped: true });
      await assert.rejects(third.client.shipOrder(order), { code: "ABORTED" });
      assert.equal(first.count("order shipped") + second.count("order shipped"), 1);
    });

    test("two instances charge, refund and ship once", async (t) => {
      const data = env(t);
      const start = () =>
        Promise.all([
          startInstance(t, PaymentServiceDefinition, data),
          startInstance(t, ShippingServiceDefinition, data),
        ]);
      const [[pay, ship], [otherPay, otherShip]] = await Promise.all([start(), start()]);
      const [transactionId, shipmentId] = [randomUUID(), randomUUID()];
      const both = <T>(work: (isOther: boolean) => Promise<T>) =>
        Promise.all(Array.from({ length: 20 }, (_, index) => work(index % 2 === 1)));
      const charge = { amount, creditCard: card, transactionId };
      await both((isOther) => (isOther ? otherPay : pay).client.charge(charge));
      const refunds = await both((isOther) =>
        (isOther ? otherPay : pay).client.refund({ transactionId, amount }),
      );
      assert.equal(new Set(refunds.map(({ refundId }) => refundId)).size, 1);
      const order = { address, items: [], shipmentId };
      const shipments = await both((isOther) =>
        (isOther ? otherShip : ship).client.shipOrder(order),
      );
      assert.equal(new Set(shipments.map(({ trackingId }) => trackingId)).size, 1);
      const sum = (message: string, ...instances: { count(message: string): number }[]) =>
        instances.reduce((total, instance) => total + instance.count(message), 0);
      assert.equal(sum("card charged", pay, otherPay), 1);
      assert.equal(sum("charge refunded", pay, otherPay), 1);
      assert.equal(sum("order shipped", ship, otherShip), 1);
    });
  });
}
