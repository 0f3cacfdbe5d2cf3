import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type * as manifestModule from "#manifest/manifest.ts";
import type { Manifest } from "#manifest/manifest.ts";
import { ConfigError } from "#runtime/environment.ts";
import { describeCheckout } from "../bundle/describe-checkout.ts";
import { buildCheckout } from "./checkout.ts";
import { compareBoots, compareCalls } from "./compare.ts";
import type { Measuring } from "./options.ts";
import type { PeerPrograms } from "./peers.ts";
import { type Shop, type ShopBuild, startShop } from "./shop.ts";

/** The boots and the calls of this checkout and of another commit, interleaved. */
export type ComparisonResult = Awaited<ReturnType<typeof runComparison>>;

/**
 * Builds another commit in a temporary folder, starts its shop beside this checkout's and compares
 * the boots and the calls of the functions that both have.
 *
 * @throws ConfigError if the commit cannot be built or has none of the functions
 */
export async function runComparison(
  measuring: Measuring,
  {
    all,
    parts,
    peers,
    dataDir,
    reference,
    signal,
  }: {
    /** The parts to compare: `boot` and `rpc`. */
    readonly parts: ReadonlySet<string>;
    readonly all: readonly Manifest[];
    readonly peers: PeerPrograms;
    readonly dataDir: string;
    /** The other commit: its name as given, and its full hash. */
    readonly reference: { readonly name: string; readonly commit: string };
    readonly signal: AbortSignal;
  },
) {
  const { manifests, onProgress } = measuring;
  const checkout = await describeCheckout();
  onProgress(`building ${reference.name}`);
  const other = await buildCheckout(reference.commit, signal);
  const shops: Shop[] = [];
  const start = async (name: string, of: readonly Manifest[], build?: ShopBuild) => {
    onProgress(`starting the shop of the ${name}`);
    const folder = join(dataDir, name);
    await mkdir(folder);
    const shop = await startShop(of, peers, folder, build);
    shops.push(shop);
    return shop;
  };
  try {
    const others = await readOwnManifests(other.folder);
    const isOld = ({ name }: Manifest) => others.some((each) => each.name === name);
    const common = manifests.filter(isOld);
    const newFunctions = manifests.filter((manifest) => !isOld(manifest)).map(({ name }) => name);
    if (common.length === 0) {
      throw new ConfigError([
        `--compare is ${reference.name}: it has no ${newFunctions.join(", ")}`,
      ]);
    }
    const compared = {
      checkout: await start("checkout", all),
      reference: await start("reference", others, await readBuild(other.folder, others)),
    };
    const selected = { ...measuring, manifests: common };
    return {
      checkout,
      reference,
      newFunctions,
      /** Null if the part was not selected. */
      boots: parts.has("boot") ? await compareBoots(compared, selected) : null,
      /** Null if the part was not selected. */
      calls: parts.has("rpc") ? await compareCalls(compared, selected) : null,
    };
  } finally {
    await Promise.all(shops.map((shop) => shop.stop()));
    await other.remove();
  }
}

// A commit reads its own func.yaml: later rules do not apply to it.
async function readOwnManifests(folder: string): Promise<readonly Manifest[]> {
  const module = pathToFileURL(join(folder, "manifest", "manifest.ts")).href;
  const { readManifests }: typeof manifestModule = await import(module);
  return readManifests(join(folder, "functions"));
}

// The other commit's flags of Node.js are part of how its functions boot.
async function readBuild(folder: string, manifests: readonly Manifest[]): Promise<ShopBuild> {
  const flags = join(folder, "bundle", "node-flags.ts");
  const { nodeFlags = [] } = existsSync(flags) ? await import(pathToFileURL(flags).href) : {};
  const programs = manifests.map((manifest) => ({
    name: manifest.name,
    path: join(manifest.folder, "dist", "index.cjs"),
  }));
  return { programs, nodeFlags };
}
