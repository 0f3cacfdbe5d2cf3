import type { MeasuredCall, Rpc } from "./calls.ts";
import { PageClient } from "./page-client.ts";
import { echoPath } from "./peers/paths.ts";
import { type ProcessPlan, type RunningProcess, startProcess } from "./processes.ts";
import { RpcClient } from "./rpc-client.ts";
import type { Shop } from "./shop.ts";

let lastIndex = 0;

/** A number that no other call of this process has, so that no two orders are the same. */
export function nextIndex(): number {
  return ++lastIndex;
}

/** Makes the preparation of a call, such as a product in the cart, at the running shop. */
export async function prepareCall(call: MeasuredCall, index: number, shop: Shop): Promise<void> {
  const preparation = call.prepare?.(index);
  const port = preparation && shop.running.get(preparation.functionName)?.port;
  if (preparation && port !== undefined) await callRpc(new RpcClient(port), preparation);
}

/**
 * Starts a process and sends it one call, on its first connection if `start` opened one. The caller stops
 * the process.
 */
export async function startAndCall(
  plan: ProcessPlan,
  call: MeasuredCall,
  index: number,
  start: (plan: ProcessPlan) => Promise<RunningProcess> = startProcess,
): Promise<RunningProcess> {
  const running = await start(plan);
  try {
    await callOnce(running, call, index);
    return running;
  } catch (error) {
    await running.stop();
    throw error;
  }
}

/** The same message as in a function's call, for the echo server. */
export function echoOf(call: MeasuredCall): MeasuredCall {
  const rpc = (index: number): Rpc => ({
    path: echoPath,
    message: call.rpc?.(index).message ?? new Uint8Array(),
  });
  return { rpc };
}

async function callOnce(
  { port, connection }: RunningProcess,
  { rpc, page = "/" }: MeasuredCall,
  index: number,
): Promise<void> {
  if (rpc) return callRpc(new RpcClient(port, connection), rpc(index));
  const client = new PageClient(`http://127.0.0.1:${port}`, connection);
  try {
    await client.load(page);
  } finally {
    client.close();
  }
}

async function callRpc(client: RpcClient, { path, message }: Rpc): Promise<void> {
  try {
    await client.call(path, message);
  } finally {
    client.close();
  }
}
