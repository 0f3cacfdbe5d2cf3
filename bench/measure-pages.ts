import { join } from "node:path";
import { spreadOf } from "#measure/quantiles.ts";
import { startLocalPlatform } from "./local-platform.ts";
import type { Measuring } from "./options.ts";
import { echoPath } from "./peers/paths.ts";
import { type RunningProcess, startProcess } from "./processes.ts";
import { RpcClient } from "./rpc-client.ts";
import type { Shop } from "./shop.ts";
import { type BatchResult, compare, runBatch } from "./statistics.ts";
import { userCount } from "./storefront/compare-pages.ts";
import { type PageName, pageNames, Visitor } from "./storefront/visitor.ts";

const root = join(import.meta.dirname, "..");

const oneUserCount = 50;
const manyUsersCount = 200;
const echoCount = 300;
const warmUpCount = 300;

interface PageSamples {
  readonly page: PageName;
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
  const children: Pick<RunningProcess, "stop">[] = [];
  const clients: { close(): void }[] = [];
  try {
    const echo = await startProcess(shop.planPeer("echo"));
    children.push(echo);
    const platform = await startLocalPlatform(root, join(dataDir, "pages"), measuring.env);
    children.push(platform);
    const rpc = new RpcClient(echo.port);
    clients.push(rpc);
    const visitor = await Visitor.open(platform.url, userCount);
    clients.push(visitor);
    return await measureRounds(rpc, visitor, measuring);
  } finally {
    for (const client of clients) client.close();
    await Promise.all(children.map((child) => child.stop()));
  }
}

async function measureRounds(rpc: RpcClient, visitor: Visitor, { rounds, onProgress }: Measuring) {
  const load = (page: PageName) => () => visitor.load(page);
  const echo = () => rpc.call(echoPath, new Uint8Array(20));
  const samples = pageNames.map((page): PageSamples => ({ page, alone: [], together: [] }));
  await runBatch(warmUpCount * 10, userCount, echo);
  for (const { page } of samples) await runBatch(warmUpCount, userCount, load(page));
  const echoP50Ms: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    onProgress(`pages, round ${round} of ${rounds}`);
    echoP50Ms.push((await runBatch(echoCount, 1, echo)).p50Ms);
    await visitor.connect();
    for (const { page, alone } of samples) alone.push(await runBatch(oneUserCount, 1, load(page)));
    for (const { page, together } of samples) {
      together.push(await runBatch(manyUsersCount, userCount, load(page)));
    }
  }
  return {
    concurrency: userCount,
    echoP50Ms: spreadOf(echoP50Ms),
    pages: samples.map((sample) => summarizePage(sample, echoP50Ms)),
  };
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
