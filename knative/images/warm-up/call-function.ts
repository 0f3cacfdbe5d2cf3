import { Client, credentials, Metadata } from "@grpc/grpc-js";
import * as health from "#protos/grpc/health/v1/health.ts";
import * as shop from "#protos/hipstershop.ts";
import * as prewarm from "#protos/prewarm.ts";
import type { ServiceDefinition } from "#runtime/rpc.ts";

// Long enough for a retry of a call to an unreachable dependency.
const callTimeoutMs = 2000;

/**
 * Sends a function a health check, a page request and an empty message for each RPC of the protos; it
 * refuses RPCs that it does not implement. Responses are ignored: there are no dependencies and stores.
 *
 * @param port its TCP port on 127.0.0.1
 */
export async function callFunction(port: number): Promise<void> {
  for (const path of ["/health/readiness", "/"]) {
    await (await fetch(`http://127.0.0.1:${port}${path}`)).arrayBuffer();
  }
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  try {
    for (const path of listMethods()) await call(client, path);
  } finally {
    client.close();
  }
}

/** The paths of all RPCs, such as `/hipstershop.AdService/GetAds`. */
export function listMethods(): string[] {
  return Object.entries({ ...health, ...prewarm, ...shop } as Record<string, unknown>)
    .filter(([name]) => name.endsWith("Definition"))
    .flatMap(([, definition]) => {
      const { fullName, methods } = definition as ServiceDefinition;
      return Object.values(methods).map(({ name }) => `/${fullName}/${name}`);
    });
}

function call(client: Client, path: string): Promise<void> {
  const asIs = (bytes: Buffer) => bytes;
  const deadline = Date.now() + callTimeoutMs;
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      path,
      asIs,
      asIs,
      // Every message may be empty.
      Buffer.alloc(0),
      new Metadata(),
      { deadline },
      () => resolve(),
    );
  });
}
