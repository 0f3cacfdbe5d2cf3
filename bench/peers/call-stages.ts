import { Client, credentials } from "@grpc/grpc-js";
import { checkPath } from "./paths.ts";

/**
 * Makes as many RPCs in as many stages as a function does, with bare grpc-js and one channel for each
 * address.
 *
 * @param stages addresses: those of one stage are called concurrently, one stage after the other
 * @param path the method of all RPCs
 */
export function createStagedCalls(
  stages: readonly (readonly string[])[],
  path = checkPath,
): () => Promise<void> {
  const clients = new Map<string, Client>();
  for (const address of stages.flat()) {
    clients.set(address, new Client(address, credentials.createInsecure()));
  }
  return async () => {
    for (const stage of stages) {
      await Promise.all(stage.map((address) => call(clients.get(address), path)));
    }
  };
}

const asBytes = (bytes: Buffer) => bytes;

function call(client: Client | undefined, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    client?.makeUnaryRequest(path, asBytes, asBytes, Buffer.alloc(0), (error) =>
      error ? reject(error) : resolve(),
    );
  });
}
