import { join } from "node:path";
import { bundleEntry } from "../bundle/bundle-entry.ts";
import { buildBaseline } from "./baseline.ts";

/** The programs of `peers/`, bundled. */
export type PeerName = "chain" | "echo" | "hono" | "http2" | "idle" | "span-sink" | "store";

/** The programs that functions are compared with, as paths for Node.js. */
export interface PeerPrograms {
  /** The bundle of each peer. */
  readonly bundles: Readonly<Record<PeerName, string>>;
  /** Folder of the baseline; undefined if it is not installed. */
  readonly baselineFolder: string | undefined;
}

/** The method of the echo server. */
export const echoPath = "/bench.EchoService/Echo";

/** Bundles the peers as functions are bundled, and compiles the baseline. */
export async function buildPeers(): Promise<PeerPrograms> {
  const names: PeerName[] = ["chain", "echo", "hono", "http2", "idle", "span-sink", "store"];
  const [baselineFolder, ...bundles] = await Promise.all([
    buildBaseline(),
    ...names.map(async (name) => [name, await buildPeer(name)] as const),
  ]);
  return { bundles: Object.fromEntries(bundles) as Record<PeerName, string>, baselineFolder };
}

async function buildPeer(name: PeerName): Promise<string> {
  const folder = join(import.meta.dirname, "peers");
  const bundle = join(folder, "dist", `${name}.cjs`);
  await bundleEntry(join(folder, `${name}.ts`), bundle);
  return bundle;
}
