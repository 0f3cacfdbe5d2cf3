import { join } from "node:path";
import type { Spread } from "#measure/quantiles.ts";
import { describeCheckout } from "../../bundle/describe-checkout.ts";
import { type Compared, forBoth, type Sides } from "../compared.ts";
import { type LocalPlatform, startLocalPlatform } from "../local-platform.ts";
import type { MeasuringShop } from "../options.ts";
import type { PeerPrograms } from "../peers.ts";
import { compareOrders } from "./compare-orders.ts";
import { type ComparedPage, comparePages, type Storefront } from "./compare-pages.ts";
import { startOrderFloor } from "./order-floor.ts";
import { type OrderWrites, readOrderWrites } from "./order-writes.ts";

const root = join(import.meta.dirname, "..", "..");

/** The pages and orders of two shops; null if the part was not selected. */
export interface ComparedStorefronts {
  /** The part `pages`. */
  readonly pages: readonly ComparedPage[] | null;
  /** The part `order`: milliseconds. */
  readonly orders: Compared | null;
  /** This checkout's orders over their floor; null if it was not measured. */
  readonly ordersXFloor: Spread | null;
  /** What the records of this checkout's orders take of them. */
  readonly orderWrites: OrderWrites | null;
}

/** Compares the selected parts of two running shops. */
async function compareStorefronts(
  shops: { readonly checkout: LocalPlatform; readonly reference: Storefront },
  parts: ReadonlySet<string>,
  measuring: MeasuringShop,
  peers?: PeerPrograms,
): Promise<ComparedStorefronts> {
  const pages = parts.has("pages") ? await comparePages(shops, measuring) : null;
  if (!parts.has("order")) return { ...notCompared, pages };
  const floor = peers && (await startOrderFloor(peers));
  try {
    const { ms: orders, xFloor: ordersXFloor } = await compareOrders(shops, measuring, floor);
    const orderWrites = await readOrderWrites(shops.checkout.consoleUrl);
    return { pages, orders, ordersXFloor, orderWrites };
  } finally {
    await floor?.stop();
  }
}

const notCompared = { pages: null, orders: null, ordersXFloor: null, orderWrites: null } as const;

/** Starts the local platforms of two checkouts, which run at the same time, and compares the selected parts. */
export async function compareCheckouts(
  folders: Sides<string>,
  dataDir: string,
  parts: ReadonlySet<string>,
  measuring: MeasuringShop,
  peers: PeerPrograms,
): Promise<ComparedStorefronts> {
  if (!parts.has("pages") && !parts.has("order")) return notCompared;
  const platforms: LocalPlatform[] = [];
  try {
    const shops = await forBoth(async (side) => {
      measuring.onProgress(`starting the local platform of the ${side}`);
      const platform = await startLocalPlatform(
        folders[side],
        join(dataDir, `${side}-platform`),
        measuring.env,
      );
      platforms.push(platform);
      return platform;
    });
    return await compareStorefronts(shops, parts, measuring, peers);
  } finally {
    await Promise.all(platforms.map((platform) => platform.stop()));
  }
}

/** The pages and orders of this checkout's local platform and of a peer. */
export type PeerResult = Awaited<ReturnType<typeof comparePeer>>;

/** Compares this checkout's local platform with a running shop that has Online Boutique's pages. */
export async function comparePeer(
  { url, pids }: { readonly url: string; readonly pids: readonly number[] },
  dataDir: string,
  parts: ReadonlySet<string>,
  measuring: MeasuringShop,
) {
  const checkout = await describeCheckout();
  measuring.onProgress("starting the local platform");
  const platform = await startLocalPlatform(root, join(dataDir, "platform"), measuring.env);
  try {
    const shops = { checkout: platform, reference: { url, pids: () => pids } };
    return { checkout, url, ...(await compareStorefronts(shops, parts, measuring)) };
  } finally {
    await platform.stop();
  }
}
