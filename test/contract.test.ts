import { describe } from "node:test";
import { createClients } from "./clients.ts";
import { contractSuite } from "./contract.suite.ts";
import { startLocalShop } from "./local-shop.ts";

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
