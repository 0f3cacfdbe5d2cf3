import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Manifest, readManifests } from "#manifest/manifest.ts";
import { ConfigError } from "#runtime/environment.ts";
import { describeCheckout } from "../bundle/describe-checkout.ts";
import type { ComparisonResult } from "./boot-result.ts";
import { buildCheckout } from "./checkout.ts";
import { compareBoots } from "./compare-boots.ts";
import type { PeerPrograms } from "./peers.ts";
import type { Measuring } from "./result.ts";
import { type Shop, type ShopBuild, startShop } from "./shop.ts";

/** What a comparison needs beside what is measured. */
export interface ComparisonOptions {
  /** All functions of this checkout. */
  readonly all: readonly Manifest[];
  readonly peers: PeerPrograms;
  /** Both shops get a folder in it. */
  readonly dataDir: string;
  readonly reference: ComparisonResult["reference"];
  /** Ends the build of the other commit. */
  readonly signal: AbortSignal;
}

/**
 * Builds another commit in a temporary folder, starts its shop beside this checkout's and compares
 * the boots of the functions that both have.
 *
 * @throws ConfigError when the commit cannot be built, or has none of the functions
 */
export async function runComparison(
  measuring: Measuring,
  { all, peers, dataDir, reference, signal }: ComparisonOptions,
): Promise<ComparisonResult> {
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
    const others = readManifests(join(other.folder, "functions"));
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
    const functions = await compareBoots(compared, { ...measuring, manifests: common });
    return { checkout, reference, functions, newFunctions };
  } finally {
    await Promise.all(shops.map((shop) => shop.stop()));
    await other.remove();
  }
}

// Its own flags, too: they are part of how a function boots.
async function readBuild(folder: string, manifests: readonly Manifest[]): Promise<ShopBuild> {
  const flags = join(folder, "bundle", "node-flags.ts");
  const { nodeFlags = [] } = existsSync(flags) ? await import(pathToFileURL(flags).href) : {};
  const programs = manifests.map((manifest) => ({
    name: manifest.name,
    path: join(manifest.folder, "dist", "index.cjs"),
  }));
  return { programs, nodeFlags };
}
