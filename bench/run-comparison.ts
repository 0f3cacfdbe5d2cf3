import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Manifest, readManifests } from "#manifest/manifest.ts";
import { medianIntervalOf } from "#measure/intervals.ts";
import { spreadOf } from "#measure/quantiles.ts";
import { ConfigError } from "#runtime/environment.ts";
import { describeCheckout } from "../bundle/describe-checkout.ts";
import { labelOf, measuredCallOf } from "./calls.ts";
import { buildCheckout } from "./checkout.ts";
import { timeFirstAnswer } from "./measure-boot.ts";
import type { Measuring } from "./options.ts";
import type { PeerPrograms } from "./peers.ts";
import { type Shop, type ShopBuild, startShop } from "./shop.ts";
import { ratiosOf, startTimesOf } from "./statistics.ts";

/** The part `boot` of this checkout and of another commit, interleaved. */
export type ComparisonResult = Awaited<ReturnType<typeof runComparison>>;

/**
 * Builds another commit in a temporary folder, starts its shop beside this checkout's and compares
 * the boots of the functions that both have.
 *
 * @throws ConfigError if the commit cannot be built or has none of the functions
 */
export async function runComparison(
  measuring: Measuring,
  {
    all,
    peers,
    dataDir,
    reference,
    signal,
  }: {
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

// In each round both instances of a function start, one right after the other, in alternating order.
async function compareBoots(
  shops: { readonly checkout: Shop; readonly reference: Shop },
  { manifests, rounds, onProgress }: Measuring,
) {
  const subjects = manifests.map((manifest) => ({
    name: manifest.name,
    call: measuredCallOf(manifest),
    samplesMs: { checkout: [] as number[], reference: [] as number[] },
  }));
  // Round 0 fills the compile caches.
  for (let round = 0; round <= rounds; round++) {
    const order = ["checkout", "reference"] as const;
    for (const { name, call, samplesMs } of subjects) {
      for (const side of round % 2 === 0 ? order : order.toReversed()) {
        onProgress(`spawn to first answer, round ${round} of ${rounds}: ${name}`);
        const ms = await timeFirstAnswer(shops[side], shops[side].planFunction(name), call);
        if (round > 0) samplesMs[side].push(ms);
      }
    }
  }
  return subjects.map(({ name, call, samplesMs: { checkout, reference } }) => {
    const ratios = ratiosOf(checkout, reference);
    return {
      name,
      call: labelOf(call),
      checkout: startTimesOf(checkout),
      reference: startTimesOf(reference),
      /** This checkout over the reference, round by round: above 1, this checkout is slower. */
      ratio: spreadOf(ratios),
      /** Of the ratios' median; null for fewer than six rounds. */
      interval: medianIntervalOf(ratios),
    };
  });
}
