import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { findViolations } from "../fixtures/order-records.ts";
import { OrderShop, type StoreName } from "./fixtures/order-shop.ts";

/** Runs suites against the processes of a whole shop with one of the real stores. */
export async function describeOrders(
  store: StoreName,
  suites: readonly ((shop: () => OrderShop) => void)[],
): Promise<void> {
  const started = await OrderShop.start(store);
  const skip = started ? false : "redis-server is not installed";
  const shop = () => {
    if (!started) throw new Error("the shop did not start");
    return started;
  };
  after(() => started?.close());

  describe(`orders in ${store}`, { skip }, () => {
    for (const suite of suites) suite(shop);

    test("charges, shipments and orders agree after all this", async () => {
      assert.deepEqual(findViolations(await shop().settle()), []);
    });
  });
}
