import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { functionsFolder } from "#manifest/manifest.ts";
import type { PlaceOrderRequest } from "#protos/hipstershop.ts";
import { usd } from "../../functions/checkoutservice/fixtures/serve-dependencies.ts";
import type { ShopClients } from "../fixtures/clients.ts";
import { poll } from "../fixtures/poll.ts";
import { Customer, ordered } from "./fixtures/customer.ts";
import type { OrderShop } from "./fixtures/order-shop.ts";

/** The total of `ordered` with its shipping. */
const total = usd(57, 96);

/** Tests that an order costs what its form showed, and that only what was ordered leaves the cart. */
export function describeChangedCarts(shop: () => OrderShop): void {
  test("nothing is charged if the cart changed after the form was shown", async () => {
    const { clients } = shop();
    const customer = await Customer.create(clients);
    const { userId } = customer;
    const { version } = await clients.cart.getCart({ userId });
    await clients.cart.addItem({ userId, item: { productId: "LS4PSXUNUM", quantity: 1 } });
    await expectRefusal(shop(), customer, { cartVersion: version });
    await expectRefusal(shop(), customer, { expectedTotal: total });
  });

  test("nothing is charged if a price changed", async () => {
    const customer = await Customer.create(shop().clients);
    const catalog = await shop().startInstance("productcatalogservice", {
      PRODUCT_CATALOG_FILE: await raisePrices(shop()),
    });
    const checkout = await shop().startInstance("checkoutservice", {
      PRODUCT_CATALOG_SERVICE_ADDR: catalog.address,
    });
    await expectRefusal(shop(), customer, { expectedTotal: total }, checkout.clients);
    // The same id is not used up: the old price is paid where it is valid.
    const answer = await customer.order(shop().clients, { expectedTotal: total });
    assert.ok(!(answer instanceof Error), String(answer));
    assert.deepEqual(answer.order?.total, total);
  });

  test("nothing is charged if the currency changed", async () => {
    const customer = await Customer.create(shop().clients);
    await expectRefusal(shop(), customer, { expectedTotal: total, userCurrency: "JPY" });
  });

  test("items that are added while the order runs stay in the cart", async () => {
    const { clients } = shop();
    const customer = await Customer.create(clients);
    const { userId } = customer;
    const payment = await shop().startInstance("paymentservice", {
      SHOP_FAULTS: "PaymentService/Charge:latency=500ms",
    });
    const checkout = await shop().startInstance("checkoutservice", {
      PAYMENT_SERVICE_ADDR: payment.address,
    });
    const answer = customer.order(checkout.clients);
    await poll(
      async () => (await shop().records(userId)).orders.find(({ state }) => state === "charging"),
      () => "no order is being charged",
    );
    const added = [
      { productId: ordered[0]?.productId ?? "", quantity: 1 },
      { productId: "LS4PSXUNUM", quantity: 3 },
    ];
    for (const item of added) await clients.cart.addItem({ userId, item });
    assert.ok(!((await answer) instanceof Error), String(await answer));
    await shop().settle(userId);
    assert.deepEqual((await clients.cart.getCart({ userId })).items, added);
  });
}

async function expectRefusal(
  shop: OrderShop,
  customer: Customer,
  form: Partial<PlaceOrderRequest>,
  clients: ShopClients = shop.clients,
): Promise<void> {
  const answer = await customer.order(clients, form);
  assert.ok(answer instanceof Error, "the order was accepted");
  assert.equal(answer.code, "ABORTED");
  assert.equal(answer.info?.reason, "NOTHING_CHARGED");
  const { orders, transactions } = await shop.records(customer.userId);
  assert.deepEqual([orders.length, transactions.size], [0, 0]);
}

async function raisePrices({ dataDir }: OrderShop): Promise<string> {
  const source = join(functionsFolder, "productcatalogservice", "products.json");
  const catalog: { products: { priceUsd: { units: number } }[] } = JSON.parse(
    readFileSync(source, "utf8"),
  );
  for (const { priceUsd } of catalog.products) priceUsd.units += 1;
  const file = join(dataDir, "raised-prices.json");
  writeFileSync(file, JSON.stringify(catalog));
  return file;
}
