import { join } from "node:path";
import type { Manifest } from "#manifest/manifest.ts";
import { describeCheckout } from "../bundle/describe-checkout.ts";
import { buildCheckout } from "./checkout.ts";
import { compareFunctions } from "./compare-functions.ts";
import { compareStarts } from "./compare-starts.ts";
import type { Measuring } from "./options.ts";
import type { PeerPrograms } from "./peers.ts";
import { compareLoaded } from "./resident/compare-loaded.ts";
import { compareZero } from "./resident/compare-zero.ts";
import { compareCheckouts } from "./storefront/compare-storefronts.ts";

const root = join(import.meta.dirname, "..");

/** The figures of this checkout and of another commit, interleaved; null for parts that were not selected. */
export type ComparisonResult = Awaited<ReturnType<typeof runComparison>>;

/**
 * Builds another commit in a temporary folder, runs its shop beside this checkout's and compares the selected
 * parts.
 *
 * @throws ConfigError if the commit cannot be built or has none of the functions
 */
export async function runComparison(
  measuring: Measuring,
  {
    reference,
    signal,
    ...context
  }: {
    /** The parts to compare. */
    readonly parts: ReadonlySet<string>;
    readonly all: readonly Manifest[];
    readonly peers: PeerPrograms;
    readonly dataDir: string;
    /** The other commit: its name as given, and its full hash. */
    readonly reference: { readonly name: string; readonly commit: string };
    /** How long the part `memory` loads each shop. */
    readonly durationMs: number;
    readonly signal: AbortSignal;
  },
) {
  const { parts, peers, dataDir, durationMs } = context;
  const checkout = await describeCheckout();
  measuring.onProgress(`building ${reference.name}`);
  const other = await buildCheckout(reference.commit, signal);
  const folders = { checkout: root, reference: other.folder };
  const packages = {
    checkout: join(root, "node_modules"),
    reference: join(other.folder, "node_modules"),
  };
  try {
    return {
      checkout,
      reference,
      // First, before other processes share pages with the platform.
      zero: parts.has("platform") ? await compareZero(folders, dataDir, measuring) : null,
      starts: parts.has("start")
        ? await compareStarts(reference.commit, packages, dataDir, { ...measuring, signal })
        : null,
      ...(await compareFunctions(measuring, {
        ...context,
        folder: other.folder,
        name: reference.name,
      })),
      ...(await compareCheckouts(folders, dataDir, parts, measuring, peers)),
      loaded: parts.has("memory")
        ? await compareLoaded(folders, dataDir, durationMs, measuring)
        : null,
    };
  } finally {
    await other.remove();
  }
}
