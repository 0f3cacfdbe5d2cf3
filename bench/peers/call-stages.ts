import { Client, credentials } from "@grpc/grpc-js";

/** The methods that all peers have: the second one makes the peer work, if it has work. */
const paths = {
  Check: "/grpc.health.v1.Health/Check",
  Echo: "/bench.EchoService/Echo",
} as const;

/**
 * Makes as many RPCs in as many stages as a function does, with bare grpc-js and one channel for each
 * address. The RPCs are health checks, unless a method of peers is given.
 *
 * @param stages addresses: those of one stage are called concurrently, one stage after the other
 */
export function createStagedCalls(
  stages: readonly (readonly string[])[],
  method: keyof typeof paths = "Check",
): () => Promise<void> {
  const clients = new Map<string, Client>();
  for (const address of stages.flat()) {
    clients.set(address, new Client(address, credentials.createInsecure()));
  }
  return async () => {
    for (const stage of stages) {
      await Promise.all(stage.map((address) => call(clients.get(address), paths[method])));
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
