import { join } from "node:path";
import { spreadOf } from "#measure/quantiles.ts";
import type { Measuring } from "./options.ts";
import { PageClient } from "./page-client.ts";
import { echoPath } from "./peers.ts";
import { type RunningProcess, startProcess } from "./processes.ts";
import { RpcClient } from "./rpc-client.ts";
import type { Shop } from "./shop.ts";
import { type BatchResult, compare, runBatch } from "./statistics.ts";

/** Concurrent users when pages per second are counted. */
const concurrency = 10;
const oneUserCount = 50;
const manyUsersCount = 200;
const echoCount = 300;
const warmUpCount = 300;

const paths = { home: "/", product: "/product/OLJCESPC7Z", cart: "/cart" } as const;

interface PageSamples {
  readonly page: keyof typeof paths;
  readonly alone: BatchResult[];
  readonly together: BatchResult[];
}

/** The part `pages`: latencies in milliseconds, and `oneUserP50XEcho`, a ratio to the echo RPC's. */
export type PagesResult = Awaited<ReturnType<typeof measurePages>>;

/**
 * Pages of the shop as `npm start` runs it, by a visitor with two products in the cart. In each
 * round one RPC at a time to the echo server, then each page alone, then each with many users.
 */
export async function measurePages(shop: Shop, dataDir: string, measuring: Measuring) {
  const children: RunningProcess[] = [];
  const clients: { close(): void }[] = [];
  try {
    const echo = await startProcess(shop.planPeer("echo"));
    children.push(echo);
    const args = [join(import.meta.dirname, "peers", "platform.ts"), join(dataDir, "pages")];
    const platform = await startProcess({ name: "local platform", args, env: {} });
    children.push(platform);
    const rpc = new RpcClient(echo.port);
    const pages = new PageClient(`http://127.0.0.1:${platform.port}`);
    clients.push(rpc, pages);
    return await measureRounds(rpc, pages, measuring);
  } finally {
    for (const client of clients) client.close();
    await Promise.all(children.map((child) => child.stop()));
  }
}

async function measureRounds(rpc: RpcClient, pages: PageClient, { rounds, onProgress }: Measuring) {
  const cookie = await fillCart(pages);
  const load = (page: keyof typeof paths) => () => pages.load(paths[page], cookie);
  const echo = () => rpc.call(echoPath, new Uint8Array(20));
  const samples = Object.keys(paths).map(
    (page): PageSamples => ({ page: page as keyof typeof paths, alone: [], together: [] }),
  );
  await runBatch(warmUpCount * 10, concurrency, echo);
  for (const { page } of samples) await runBatch(warmUpCount, concurrency, load(page));
  const echoP50Ms: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    onProgress(`pages, round ${round} of ${rounds}`);
    echoP50Ms.push((await runBatch(echoCount, 1, echo)).p50Ms);
    for (const { page, alone } of samples) alone.push(await runBatch(oneUserCount, 1, load(page)));
    for (const { page, together } of samples) {
      together.push(await runBatch(manyUsersCount, concurrency, load(page)));
    }
  }
  return {
    concurrency,
    echoP50Ms: spreadOf(echoP50Ms),
    pages: samples.map((sample) => summarizePage(sample, echoP50Ms)),
  };
}

/** A session with two products in its cart. */
async function fillCart(pages: PageClient): Promise<string> {
  const cookie = await pages.load("/");
  await pages.load("/cart", cookie, { product_id: "OLJCESPC7Z", quantity: "1" });
  await pages.load("/cart", cookie, { product_id: "6E92ZMYYFZ", quantity: "2" });
  return cookie;
}

function summarizePage({ page, alone, together }: PageSamples, echoP50Ms: number[]) {
  const aloneP50Ms = alone.map(({ p50Ms }) => p50Ms);
  return {
    page,
    perSecond: spreadOf(together.map(({ perSecond }) => perSecond)),
    p50Ms: spreadOf(together.map(({ p50Ms }) => p50Ms)),
    p99Ms: spreadOf(together.map(({ p99Ms }) => p99Ms)),
    oneUserP50Ms: spreadOf(aloneP50Ms),
    oneUserP50XEcho: compare(aloneP50Ms, echoP50Ms),
  };
}
