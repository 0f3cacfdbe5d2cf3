import { describe } from "node:test";
import { contractSuite } from "../contract/contract.suite.ts";
import { createClients } from "../fixtures/clients.ts";

// host:port of Knative's cluster-local gateway, from where this runs.
const gateway = process.env.KNATIVE_INTERNAL_GATEWAY;
const namespace = process.env.KNATIVE_NAMESPACE ?? "shop";
const skip = gateway ? false : "set KNATIVE_INTERNAL_GATEWAY to run it against a deployed shop";

describe("the contract, on Knative", { skip }, () => {
  contractSuite(async () =>
    createClients(
      () => gateway ?? "",
      (name) => `${name}.${namespace}.svc.cluster.local`,
    ),
  );
});
