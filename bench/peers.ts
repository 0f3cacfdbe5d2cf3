import { join } from "node:path";
import { bundleEntry } from "../bundle/bundle-entry.ts";
import { buildBaseline } from "./baseline.ts";

const peerNames = ["chain", "echo", "hono", "http2", "idle", "span-sink", "store"] as const;

/** The programs that functions are compared with, as paths for Node.js. */
export type PeerPrograms = Awaited<ReturnType<typeof buildPeers>>;

/** The method of the echo server. */
export const echoPath = "/bench.EchoService/Echo";

/** Bundles the peers as functions are bundled, and compiles the baseline. */
export async function buildPeers() {
  const folder = join(import.meta.dirname, "peers");
  const bundleOf = (name: string) => join(folder, "dist", `${name}.cjs`);
  const [baselineFolder] = await Promise.all([
    buildBaseline(),
    ...peerNames.map((name) => bundleEntry(join(folder, `${name}.ts`), bundleOf(name))),
  ]);
  const bundles = Object.fromEntries(peerNames.map((name) => [name, bundleOf(name)]));
  return { bundles: bundles as Record<(typeof peerNames)[number], string>, baselineFolder };
}
