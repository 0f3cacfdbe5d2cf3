import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type * as manifestModule from "#manifest/manifest.ts";
import type { Manifest } from "#manifest/manifest.ts";
import { ConfigError } from "#runtime/environment.ts";
import type * as nodeFlagsModule from "../bundle/node-flags.ts";
import { compareBoots } from "./compare-boots.ts";
import { compareCalls } from "./compare-calls.ts";
import { compareRates } from "./compare-rates.ts";
import type { Measuring } from "./options.ts";
import type { PeerPrograms } from "./peers.ts";
import { type Shop, type ShopBuild, startShop } from "./shop.ts";

/** The boots and calls of the functions that both commits have; null if the part was not selected. */
export type ComparedFunctions = Awaited<ReturnType<typeof compareFunctions>>;

/**
 * Starts the functions of this checkout and of another one, which are processes that call each other directly, and
 * compares boots and calls.
 *
 * @throws ConfigError if the other one has none of the functions
 */
export async function compareFunctions(
  measuring: Measuring,
  {
    all,
    folder,
    parts,
    peers,
    dataDir,
    name: referenceName,
  }: {
    /** The manifests of this checkout. */
    readonly all: readonly Manifest[];
    /** The root of the other checkout. */
    readonly folder: string;
    /** The other commit as given. */
    readonly name: string;
    readonly parts: ReadonlySet<string>;
    readonly peers: PeerPrograms;
    readonly dataDir: string;
  },
) {
  const none = {
    newFunctions: [] as string[],
    unsupported: null as string | null,
    boots: null,
    calls: null,
    rates: null,
  };
  if (!parts.has("boot") && !parts.has("rpc")) return none;
  const reader = join(folder, "manifest", "manifest.ts");
  if (!existsSync(reader)) {
    return { ...none, unsupported: `${referenceName} has no manifest/manifest.ts` };
  }
  const { manifests, onProgress } = measuring;
  const others = await readOwnManifests(reader, folder);
  const isOld = ({ name }: Manifest) => others.some((each) => each.name === name);
  const common = manifests.filter(isOld);
  const newFunctions = manifests.filter((manifest) => !isOld(manifest)).map(({ name }) => name);
  if (common.length === 0) {
    throw new ConfigError([`--compare is ${referenceName}: it has no ${newFunctions.join(", ")}`]);
  }
  const shops: Shop[] = [];
  const start = async (name: string, of: readonly Manifest[], build?: ShopBuild) => {
    onProgress(`starting the shop of the ${name}`);
    const files = join(dataDir, name);
    await mkdir(files);
    const shop = await startShop(of, peers, files, measuring.env, build);
    shops.push(shop);
    return shop;
  };
  try {
    const compared = {
      checkout: await start("checkout", all),
      reference: await start("reference", others, await readBuild(folder, others)),
    };
    const selected = { ...measuring, manifests: common };
    return {
      /** Names of functions that the other commit does not have. */
      newFunctions,
      /** Why boots and calls of the other commit cannot be measured; null if they can. */
      unsupported: null as string | null,
      boots: parts.has("boot") ? await compareBoots(compared, peers, selected) : null,
      calls: parts.has("rpc") ? await compareCalls(compared, selected) : null,
      rates: parts.has("rpc") ? await compareRates(compared, selected) : null,
    };
  } finally {
    await Promise.all(shops.map((shop) => shop.stop()));
  }
}

// A commit reads its own func.yaml: later rules do not apply to it.
async function readOwnManifests(reader: string, folder: string): Promise<readonly Manifest[]> {
  const { readManifests }: typeof manifestModule = await import(pathToFileURL(reader).href);
  return readManifests(join(folder, "functions"));
}

// The other commit's flags of Node.js are part of how its functions boot.
async function readBuild(folder: string, manifests: readonly Manifest[]): Promise<ShopBuild> {
  const flags = join(folder, "bundle", "node-flags.ts");
  const found: Partial<typeof nodeFlagsModule> = existsSync(flags)
    ? await import(pathToFileURL(flags).href)
    : {};
  const { nodeFlags = [], nodeFlagsWithin = () => nodeFlags } = found;
  const programs = manifests.map(({ name, folder }) => {
    const starter = join(folder, "dist", "start.cjs");
    // Older commits run the bundle itself.
    return { name, path: existsSync(starter) ? starter : join(folder, "dist", "index.cjs") };
  });
  const flagsOf = (manifest: Manifest) =>
    nodeFlagsWithin(manifest.deploy?.options.resources.limits.memory);
  return { programs, flagsOf };
}
