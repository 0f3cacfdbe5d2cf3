import { after, before } from "node:test";
import type { ShopClients } from "../fixtures/clients.ts";
import { catalogSuite } from "./catalog.suite.ts";
import { checkoutSuite } from "./checkout.suite.ts";
import { onceSuite } from "./once.suite.ts";
import { orderSuite } from "./order.suite.ts";

/**
 * The behaviour over the wire that hipstershop.proto requires. The values are Online Boutique's; a status
 * is this shop's own where Online Boutique's is known to be wrong.
 */
export function contractSuite(connect: () => Promise<ShopClients>): void {
  let clients: ShopClients;
  before(async () => {
    clients = await connect();
  });
  after(() => clients.close());
  for (const suite of [catalogSuite, orderSuite, onceSuite, checkoutSuite]) suite(() => clients);
}
