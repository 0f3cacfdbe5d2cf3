import { medianIntervalOf } from "#measure/intervals.ts";
import { spreadOf } from "#measure/quantiles.ts";
import type { BootComparison } from "./boot-result.ts";
import { labelOf, type MeasuredCall, measuredCallOf } from "./calls.ts";
import { timeFirstAnswer } from "./measure-boot.ts";
import type { Measuring } from "./result.ts";
import type { Shop } from "./shop.ts";
import { ratiosOf, startTimesOf } from "./statistics.ts";

/** The same functions of two checkouts, each with callees of its own. */
export interface ComparedShops {
  readonly checkout: Shop;
  readonly reference: Shop;
}

/**
 * Spawn to first answered call of the functions of two checkouts. In each round both instances of a
 * function are started, one right after the other; which one is first alternates.
 */
export async function compareBoots(
  shops: ComparedShops,
  { manifests, rounds, onProgress }: Measuring,
): Promise<BootComparison[]> {
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
        const ms = await bootOnce(shops[side], name, call);
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
      ratio: spreadOf(ratios),
      interval: medianIntervalOf(ratios),
    };
  });
}

function bootOnce(shop: Shop, name: string, call: MeasuredCall): Promise<number> {
  const manifest = shop.manifests.find((each) => each.name === name);
  if (!manifest) throw new Error(`no function of this shop is named ${name}`);
  return timeFirstAnswer(shop, shop.planFunction(manifest), call);
}
