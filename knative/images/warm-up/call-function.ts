import { Client, credentials, Metadata } from "@grpc/grpc-js";
import * as health from "#protos/grpc/health/v1/health.ts";
import * as shop from "#protos/hipstershop.ts";
import * as prewarm from "#protos/prewarm.ts";
import { exampleCalls } from "#load/example-calls.ts";
import { shopMethods } from "#load/methods.ts";
import type { ServiceDefinition } from "#runtime/rpc.ts";
import { performTasks } from "./visit-monolith.ts";

// Long enough for a retry of a call to an unreachable store.
const callTimeoutMs = 2000;

/**
 * Sends a function a health check and an example of each RPC of the protos; it refuses RPCs that it does
 * not implement. Their responses are ignored: there are no stores.
 *
 * @param port its TCP port on 127.0.0.1
 * @param hasPages whether the storefront's pages are requested, too
 */
export async function callFunction(port: number, hasPages: boolean): Promise<void> {
  const url = `http://127.0.0.1:${port}`;
  await (await fetch(`${url}/health/readiness`)).arrayBuffer();
  // Of a function with other pages they fail.
  if (hasPages) await performTasks(url, ["index", "browse", "viewCart"]).catch(() => undefined);
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

function exampleOf(path: string): Buffer {
  const method = shopMethods.find((each) => each.path === path);
  const example = exampleCalls.find((each) => each.method === method?.name);
  // Every message may be empty.
  return method && example ? method.encode(example.createRequest("warm-up")) : Buffer.alloc(0);
}

function call(client: Client, path: string): Promise<void> {
  const asIs = (bytes: Buffer) => bytes;
  const deadline = Date.now() + callTimeoutMs;
  return new Promise((resolve) => {
    client.makeUnaryRequest(path, asIs, asIs, exampleOf(path), new Metadata(), { deadline }, () =>
      resolve(),
    );
  });
}
