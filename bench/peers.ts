import { join } from "node:path";
import { bundleEntry } from "../bundle/bundle-functions.ts";

/** The programs that functions are compared with, as paths of bundles. */
export interface PeerPrograms {
  readonly echo: string;
  readonly idle: string;
  readonly spanSink: string;
}

/** The method of the echo server. */
export const echoPath = "/bench.EchoService/Echo";

/** Bundles the peers in the way that functions are bundled. */
export async function buildPeers(): Promise<PeerPrograms> {
  const [echo, idle, spanSink] = await Promise.all([
    buildPeer("echo"),
    buildPeer("idle"),
    buildPeer("span-sink"),
  ]);
  return { echo, idle, spanSink };
}

async function buildPeer(name: string): Promise<string> {
  const folder = join(import.meta.dirname, "peers");
  const bundle = join(folder, "dist", `${name}.cjs`);
  await bundleEntry(join(folder, `${name}.ts`), bundle);
  return bundle;
}
