import { quantileOf } from "#measure/quantiles.ts";
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
import { ratiosOf } from "../statistics.ts";
import type { Storefront } from "./compare-pages.ts";
import { Visitor } from "./visitor.ts";

const ordersPerRound = 10;
/** Orders of each shop before the first round. V8 optimizes slowly: orders after 100 others take 1.5 times the CPU time of those after 1,500. */
const warmUpOrders = 1000;

/**
 * Compares the time of an order of two shops that run at the same time, in milliseconds from the POST until the
 * page after the redirect is complete. In each round both shops get ten orders each, in turn; the round's ratio
 * is that of their medians. Filling the cart is not measured.
 */
export async function compareOrders(
  shops: Sides<Storefront>,
  { rounds, onProgress }: Pick<Measuring, "rounds" | "onProgress">,
): Promise<Compared> {
  const visitors: Visitor[] = [];
  try {
    const opened = await forBoth(async (side) => {
      const visitor = await Visitor.open(shops[side].url, 1);
      visitors.push(visitor);
      return visitor;
    });
    const allMs = createSamples();
    const p50Ms = createSamples();
    for (let round = 0; round <= rounds; round++) {
      onProgress(`orders, round ${round} of ${rounds}`);
      for (const side of sides) await opened[side].connect();
      const ofRound = createSamples();
      for (let index = 0; index < (round === 0 ? warmUpOrders : ordersPerRound); index++) {
        for (const side of inOrder(index)) ofRound[side].push(await opened[side].order());
      }
      if (round === 0) continue;
      for (const side of sides) {
        allMs[side].push(...ofRound[side]);
        p50Ms[side].push(quantileOf(ofRound[side], 0.5));
      }
    }
    return compareSamples(allMs, ratiosOf(p50Ms.checkout, p50Ms.reference));
  } finally {
    for (const visitor of visitors) visitor.close();
  }
}
