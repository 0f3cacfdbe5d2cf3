import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { SourceMap } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Plugin } from "esbuild";
import { readManifests } from "#manifest/manifest.ts";
import { quantileOf } from "#measure/quantiles.ts";
import { bundleEntries } from "../../bundle/bundle-entry.ts";
import { measuredCallOf } from "../calls.ts";
import { buildThisCheckout } from "../checkout.ts";
import { nextIndex, prepareCall, startAndCall } from "../first-answer.ts";
import { buildPeers } from "../peers.ts";
import { readCpuUs } from "../process-usage.ts";
import { startListening } from "../processes.ts";
import { type Shop, startShop } from "../shop.ts";
import { type CpuProfile, cutProfile, type Flame, foldProfiles } from "./fold-profiles.ts";
import type { CallFrame } from "./group-frames.ts";

const root = join(import.meta.dirname, "..", "..");
/** Profiled boots of each function. */
const bootCount = 5;

/**
 * Profiles boots of every function as the build starts it, from Node.js's own start to the first answer, while the
 * functions that it calls run (Linux).
 *
 * @returns the flame graph with a flame for each function, and the CPU time of each function's boot in milliseconds
 */
export async function profileBoots({
  onProgress,
  signal,
}: {
  onProgress: (text: string) => void;
  signal: AbortSignal;
}): Promise<{ readonly flame: Flame; readonly cpuMs: ReadonlyMap<string, number> }> {
  const dataDir = await mkdtemp(join(tmpdir(), "shop-boots-"));
  const manifests = readManifests();
  onProgress("bundling");
  await buildThisCheckout(signal);
  const maps = await readSourceMaps(manifests.map(({ name }) => name));
  const shop = await startShop(manifests, await buildPeers(), dataDir);
  try {
    const profiles: (readonly [string, CpuProfile])[] = [];
    const cpuMs = new Map<string, number>();
    for (const manifest of manifests) {
      const { name } = manifest;
      const measured = { name, call: measuredCallOf(manifest), dataDir };
      const title = name.replace(/service$/, "");
      const usedMs: number[] = [];
      // The first boot writes the code cache, and the second one is the first to use it.
      for (let boot = -1; boot < 2 * bootCount; boot++) {
        signal.throwIfAborted();
        onProgress(`profiling boots of ${name}`);
        // In turn with boots without a profiler, which have the CPU time.
        const isProfiled = boot >= 0 && boot % 2 === 0;
        const { profile, cpuMs: ms } = await profileBoot(shop, measured, isProfiled);
        if (profile) profiles.push([title, withSources(profile, maps)]);
        else if (boot > 0) usedMs.push(ms);
      }
      cpuMs.set(title, quantileOf(usedMs, 0.5));
    }
    return { flame: foldProfiles(profiles, root), cpuMs };
  } finally {
    await shop.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function profileBoot(
  shop: Shop,
  {
    name,
    call,
    dataDir,
  }: { name: string; call: ReturnType<typeof measuredCallOf>; dataDir: string },
  isProfiled: boolean,
) {
  const folder = join(dataDir, "profiles");
  const plan = shop.planFunction(name);
  const flags = ["--cpu-prof", "--cpu-prof-interval=100", `--cpu-prof-dir=${folder}`];
  const args = isProfiled ? [...flags, ...plan.args] : plan.args;
  const index = nextIndex();
  await prepareCall(call, index, shop);
  const running = await startAndCall({ ...plan, args }, call, index, startListening);
  // The clock of V8's profiles, on Linux.
  const answeredUs = Number(process.hrtime.bigint() / 1000n);
  const cpuMs = (readCpuUs(running.pid) ?? 0) / 1000;
  await running.stop();
  if (!isProfiled) return { profile: undefined, cpuMs };
  const [file = ""] = await readdir(folder);
  const profile: CpuProfile = JSON.parse(await readFile(join(folder, file), "utf8"));
  await rm(folder, { recursive: true });
  return { profile: cutProfile(profile, answeredUs), cpuMs };
}

interface BundleMap {
  /** The bundle of the function, as its profiles name it. */
  readonly file: string;
  /** The folder to which the sources are relative. */
  readonly folder: string;
  readonly map: SourceMap;
}

/** The same bundles once more, with source maps, which the build does not write. */
async function readSourceMaps(names: readonly string[]): Promise<readonly BundleMap[]> {
  const dist = join(import.meta.dirname, "dist");
  const withMaps: Plugin = {
    name: "source-maps",
    setup: ({ initialOptions }) => {
      initialOptions.sourcemap = "external";
    },
  };
  const entries = names.map((name) => ({
    entry: join(root, "functions", name, "index.ts"),
    target: { outfile: join(dist, name, "index.cjs") },
  }));
  await bundleEntries(entries, [withMaps]);
  return Promise.all(
    entries.map(async ({ entry, target: { outfile } }) => ({
      file: join(entry, "..", "dist", "index.cjs"),
      folder: join(outfile, ".."),
      map: new SourceMap(JSON.parse(await readFile(`${outfile}.map`, "utf8"))),
    })),
  );
}

function withSources(profile: CpuProfile, maps: readonly BundleMap[]): CpuProfile {
  const nodes = profile.nodes.map((node) => ({
    ...node,
    callFrame: findSource(node.callFrame, maps),
  }));
  return { ...profile, nodes };
}

function findSource(frame: CallFrame, maps: readonly BundleMap[]): CallFrame {
  const { url, lineNumber = 0, columnNumber = 0 } = frame;
  const found = maps.find(({ file }) => url.endsWith(file));
  const entry = found?.map.findEntry(lineNumber, columnNumber);
  if (!found || !entry || !("originalSource" in entry)) return frame;
  return { ...frame, url: join(found.folder, entry.originalSource) };
}
