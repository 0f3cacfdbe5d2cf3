import { Client, credentials } from "@grpc/grpc-js";

/** Addresses to call, stage by stage: those of one stage at once, the next one after them. */
export type Stages = readonly (readonly string[])[];

/**
 * Asks callees for their health, with grpc-js and nothing around it: as many RPCs in as many stages
 * as a function makes, one channel for each address.
 */
export function createStagedCalls(stages: Stages): () => Promise<void> {
  const clients = new Map<string, Client>();
  for (const address of stages.flat()) {
    clients.set(address, new Client(address, credentials.createInsecure()));
  }
  return async () => {
    for (const stage of stages) {
      await Promise.all(stage.map((address) => checkHealth(clients.get(address))));
    }
  };
}

const asBytes = (bytes: Buffer) => bytes;

function checkHealth(client: Client | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    client?.makeUnaryRequest(
      "/grpc.health.v1.Health/Check",
      asBytes,
      asBytes,
      Buffer.alloc(0),
      (error) => (error ? reject(error) : resolve()),
    );
  });
}
