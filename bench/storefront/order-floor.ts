import { nodeFlagsWithin } from "../../bundle/node-flags.ts";
import type { PeerPrograms } from "../peers.ts";
import { type RunningProcess, startProcess } from "../processes.ts";
import { floorMemory } from "../shop.ts";

const leaves = ["cart", "shipping", "payment", "recommendation"] as const;

/**
 * Starts the smallest programs that make the RPCs of an order, in the same stages and with the flags of functions,
 * except for those that kept responses answer: without telemetry, records and a local platform, and without any work.
 * They serve the pages that a visitor needs for
 * an order. What an order takes there is its floor.
 */
export async function startOrderFloor({ bundles }: Pick<PeerPrograms, "bundles">) {
  const started: RunningProcess[] = [];
  const stop = async () => {
    await Promise.all(started.map((each) => each.stop()));
  };
  const start = async (name: string, peer: keyof typeof bundles, argument: unknown) => {
    const args = [...nodeFlagsWithin(floorMemory), bundles[peer], JSON.stringify(argument)];
    const process = await startProcess({ name: `${name} of an order's floor`, args, env: {} });
    started.push(process);
    return `127.0.0.1:${process.port}`;
  };
  try {
    const addresses: Record<string, string> = {};
    for (const name of leaves) addresses[name] = await start(name, "echo", []);
    const { cart, shipping, payment } = addresses;
    const stages = [[cart], [payment], [shipping], [cart]];
    const checkout = await start("checkout", "chain", { stages });
    const address = await start("storefront", "order-pages", { ...addresses, checkout });
    return { url: `http://${address}`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
