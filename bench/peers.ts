import { join } from "node:path";
import { bundleEntries } from "../bundle/bundle-entry.ts";
import { buildBaseline } from "./baseline.ts";

const peerNames = [
  "chain",
  "checkout",
  "echo",
  "hono",
  "http2",
  "idle",
  "order-pages",
  "span-sink",
  "store",
] as const;

/** The programs that functions are compared with, as paths for Node.js. */
export type PeerPrograms = Awaited<ReturnType<typeof buildPeers>>;

/** Bundles the peers as functions are bundled, and compiles the baseline. */
export async function buildPeers() {
  const folder = join(import.meta.dirname, "peers");
  const fileOf = (name: string, file: string) => join(folder, "dist", name, file);
  const targetOf = (name: string) => ({
    outfile: fileOf(name, "index.cjs"),
    starter: fileOf(name, "start.cjs"),
  });
  const entries = peerNames.map((name) => ({
    entry: join(folder, `${name}.ts`),
    target: targetOf(name),
  }));
  const [baselineFolder] = await Promise.all([buildBaseline(), bundleEntries(entries)]);
  const programsOf = (file: string) =>
    Object.fromEntries(peerNames.map((name) => [name, fileOf(name, file)])) as Record<
      (typeof peerNames)[number],
      string
    >;
  return {
    /** The bundle of each peer. */
    bundles: programsOf("index.cjs"),
    /** The program that runs each bundle with a code cache, as functions are started. */
    starters: programsOf("start.cjs"),
    baselineFolder,
  };
}
