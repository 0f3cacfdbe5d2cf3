import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { writeThisCheckout } from "../checkout.ts";
import { type LocalPlatform, startLocalPlatform } from "../local-platform.ts";
import { readCpuUs, readVariable } from "../process-usage.ts";
import { runBatch } from "../statistics.ts";
import { Visitor } from "../storefront/visitor.ts";
import { drawBoots } from "./draw-boots.ts";
import { drawFlames } from "./draw-flames.ts";
import { type CpuProfile, type Flame, foldProfiles, selfTimesOf } from "./fold-profiles.ts";
import { profileBoots } from "./profile-boots.ts";

const root = join(import.meta.dirname, "..", "..");
const recorder = join(import.meta.dirname, "record.ts");
const users = 10;
const warmUpCount = 1000;
const boundMs = 20_000;
/** After this time the profilers have started. */
const startMs = 500;

const work = {
  home: { count: 2000, perform: (visitor: Visitor) => visitor.load("home") },
  product: { count: 1000, perform: (visitor: Visitor) => visitor.load("product") },
  cart: { count: 1000, perform: (visitor: Visitor) => visitor.load("cart") },
  order: { count: 200, perform: (visitor: Visitor) => visitor.order() },
} as const;

const titles = {
  home: "Home: CPU time by process and code",
  product: "Product: CPU time by process and code",
  cart: "Cart: CPU time by process and code",
  order: "An order: CPU time by process and code",
} as const;

/** The CPU time of one page, of an order with the page that adds to the cart, or of a function's boot. */
export type ProfiledPage = ReturnType<typeof describeProfile<keyof typeof titles | "boot">>;

interface Context {
  readonly onProgress: (text: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Profiles all processes of the local platform while pages are loaded by ten users and orders are placed by one, then
 * the boots of all functions, and writes a flame graph of each to a folder (Linux).
 */
export async function profileShop(
  folder: string,
  context: Context,
): Promise<readonly ProfiledPage[]> {
  const pages = await profilePages(context);
  const { flame, cpuMs } = await profileBoots(context);
  await mkdir(folder, { recursive: true });
  for (const { page, flame: flames } of pages) {
    await writeFile(join(folder, `${page}.svg`), drawFlames(flames, titles[page]));
  }
  await writeFile(join(folder, "boots.svg"), drawBoots(flame, cpuMs));
  const sumMs = [...cpuMs.values()].reduce((sum, ms) => sum + ms, 0);
  return [...pages, describeProfile("boot", sumMs / cpuMs.size, flame)];
}

// The functions run from source, so that profiles have the names of packages.
async function profilePages({ onProgress, signal }: Context) {
  const dataDir = await mkdtemp(join(tmpdir(), "shop-profile-"));
  const checkout = join(dataDir, "checkout");
  try {
    onProgress("copying this checkout");
    await writeThisCheckout(checkout, signal);
    await symlink(join(root, "node_modules"), join(checkout, "node_modules"), "junction");
    const preload = `--import=${pathToFileURL(recorder).href}?folder=${encodeURIComponent(dataDir)}`;
    const env = { NODE_OPTIONS: preload };
    const platform = await startLocalPlatform(checkout, join(dataDir, "data"), env, ["--no-build"]);
    const visitor = await Visitor.open(platform.url, users);
    try {
      const results: Awaited<ReturnType<typeof profile>>[] = [];
      for (const page of Object.keys(work) as (keyof typeof work)[]) {
        onProgress(`profiling ${page}`);
        results.push(await profile(page, platform, visitor, { checkout, dataDir }));
      }
      return results;
    } finally {
      visitor.close();
      await platform.stop();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function profile(
  page: keyof typeof work,
  platform: LocalPlatform,
  visitor: Visitor,
  { checkout, dataDir }: { readonly checkout: string; readonly dataDir: string },
) {
  const { count, perform } = work[page];
  // Orders of one visitor share a cart.
  const concurrency = page === "order" ? 1 : users;
  await visitor.connect();
  await runBatch(page === "order" ? 2 * count : warmUpCount, concurrency, () => perform(visitor));
  const pids = platform.pids();
  const beforeUs = sumCpuUs(pids);
  await runBatch(count, concurrency, () => perform(visitor));
  const cpuMs = (sumCpuUs(pids) - beforeUs) / 1000 / count;
  for (const pid of pids) process.kill(pid, "SIGUSR2");
  await sleep(startMs);
  await runBatch(count, concurrency, () => perform(visitor));
  for (const pid of pids) process.kill(pid, "SIGUSR2");
  const profiles = new Map<string, CpuProfile>();
  for (const pid of pids) {
    const name = pid === platform.pid ? "platform" : (readVariable(pid, "K_SERVICE") ?? "other");
    profiles.set(
      name.replace(/service$/, ""),
      await readProfile(join(dataDir, `${pid}.cpuprofile`)),
    );
  }
  return describeProfile(page, cpuMs, foldProfiles(profiles, checkout));
}

function describeProfile<Page extends string>(page: Page, cpuMs: number, flame: Flame) {
  return {
    /** The page, `order`, or `boot`. */
    page,
    /** CPU time of all threads for one page, order or boot, in milliseconds, without the profiler. */
    cpuMs,
    /** Shares of the processes, the highest first. */
    processes: flame.children.map(({ name, totalUs }) => ({
      name,
      share: totalUs / flame.totalUs,
    })),
    /** Shares of packages and parts of the shop and of Node.js, the highest first. */
    groups: selfTimesOf(flame).map(({ name, kind, selfUs }) => ({
      ...{ name, kind, share: selfUs / flame.totalUs },
    })),
    /** The flame graph. */
    flame,
  };
}

function sumCpuUs(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + (readCpuUs(pid) ?? 0), 0);
}

async function readProfile(file: string): Promise<CpuProfile> {
  const endMs = performance.now() + boundMs;
  while (!existsSync(file)) {
    if (performance.now() > endMs)
      throw new Error(`no profile within ${boundMs / 1000} s: ${file}`);
    await sleep(50);
  }
  const text = await readFile(file, "utf8");
  await rm(file);
  return JSON.parse(text);
}
