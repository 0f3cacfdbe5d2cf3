import { describe } from "node:test";
import { createClients } from "../fixtures/clients.ts";
import { startLocalShop } from "../fixtures/local-shop.ts";
import { contractSuite } from "./contract.suite.ts";

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
