import { Client, credentials } from "@grpc/grpc-js";

/**
 * Makes as many RPCs in as many stages as a function does, with bare grpc-js and one channel for each
 * address. The RPCs are health checks.
 *
 * @param stages addresses: those of one stage are called concurrently, one stage after the other
 */
export function createStagedCalls(stages: readonly (readonly string[])[]): () => Promise<void> {
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
