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
import { drawFlames } from "./draw-flames.ts";
import { type CpuProfile, foldProfiles, selfTimesOf } from "./fold-profiles.ts";

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

const titles = { home: "Home", product: "Product", cart: "Cart", order: "An order" } as const;

/** The CPU time of one page, or of an order with the page that adds to the cart. */
export type ProfiledPage = Awaited<ReturnType<typeof profile>>;

/**
 * Profiles all processes of the local platform while pages are loaded by ten users and orders are placed by one, and
 * writes a flame graph of each page to a folder. The functions run from source, so that profiles have the names of
 * packages (Linux).
 */
export async function profileShop(
  folder: string,
  { onProgress, signal }: { onProgress: (text: string) => void; signal: AbortSignal },
): Promise<readonly ProfiledPage[]> {
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
      await mkdir(folder, { recursive: true });
      const results: ProfiledPage[] = [];
      for (const page of Object.keys(work) as (keyof typeof work)[]) {
        onProgress(`profiling ${page}`);
        const { flame, ...result } = await profile(page, platform, visitor, { checkout, dataDir });
        const title = `${titles[page]}: CPU time by process and code`;
        await writeFile(join(folder, `${page}.svg`), drawFlames(flame, title));
        results.push({ flame, ...result });
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
  const flame = foldProfiles(profiles, checkout);
  return {
    /** The page, or `order`. */
    page,
    /** CPU time of all threads for one page, in milliseconds, without the profiler. */
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
