import { quantileOf, type Spread } from "#measure/quantiles.ts";
import {
  type Compared,
  compareSamples,
  createSamples,
  forBoth,
  inOrder,
  type Sides,
  sides,
} from "../compared.ts";
import type { Measuring } from "../options.ts";
import { compare, ratiosOf } from "../statistics.ts";
import type { Storefront } from "./compare-pages.ts";
import { Visitor } from "./visitor.ts";

const ordersPerRound = 10;
/** Orders of each shop before the first round. V8 optimizes slowly: orders after 100 others take 1.5 times the CPU time of those after 1,500. */
const warmUpOrders = 1000;

/** The orders of two shops. */
export interface ComparedOrders {
  /** Milliseconds of each order. */
  readonly ms: Compared;
  /** This checkout's orders over those of the floor, round by round; null without a floor. */
  readonly xFloor: Spread | null;
}

/**
 * Compares the time of an order of two shops that run at the same time, in milliseconds from the POST until the
 * page after the redirect is complete. In each round the shops get ten orders each, in turn; the round's ratio
 * is that of their medians. Filling the cart is not measured.
 *
 * @param floor a third shop, which only makes an order's RPCs
 */
export async function compareOrders(
  shops: Sides<Storefront>,
  { rounds, onProgress }: Pick<Measuring, "rounds" | "onProgress">,
  floor?: Pick<Storefront, "url">,
): Promise<ComparedOrders> {
  const visitors: Visitor[] = [];
  const open = async ({ url }: Pick<Storefront, "url">) => {
    const visitor = await Visitor.open(url, 1);
    visitors.push(visitor);
    return visitor;
  };
  try {
    const opened = await forBoth((side) => open(shops[side]));
    const floorVisitor = floor && (await open(floor));
    const allMs = createSamples();
    const p50Ms = createSamples();
    const floorP50Ms: number[] = [];
    for (let round = 0; round <= rounds; round++) {
      onProgress(`orders, round ${round} of ${rounds}`);
      for (const visitor of visitors) await visitor.connect();
      const ofRound = createSamples();
      const ofFloor: number[] = [];
      for (let index = 0; index < (round === 0 ? warmUpOrders : ordersPerRound); index++) {
        for (const side of inOrder(index)) ofRound[side].push(await opened[side].order());
        if (floorVisitor) ofFloor.push(await floorVisitor.order());
      }
      if (round === 0) continue;
      for (const side of sides) {
        allMs[side].push(...ofRound[side]);
        p50Ms[side].push(quantileOf(ofRound[side], 0.5));
      }
      if (floorVisitor) floorP50Ms.push(quantileOf(ofFloor, 0.5));
    }
    return {
      ms: compareSamples(allMs, ratiosOf(p50Ms.checkout, p50Ms.reference)),
      xFloor: floorVisitor ? compare(p50Ms.checkout, floorP50Ms) : null,
    };
  } finally {
    for (const visitor of visitors) visitor.close();
  }
}
