import { describe } from "node:test";
import { contractSuite } from "./contract.suite.ts";
import { createClients } from "./fixtures/clients.ts";
import { startLocalShop } from "./fixtures/local-shop.ts";

describe("the contract, on the local platform", () => {
  contractSuite(async () => {
    const shop = await startLocalShop();
    const clients = createClients(shop.addressOf);
    return {
      ...clients,
      close: () => {
        clients.close();
        return shop.close();
      },
    };
  });
});
