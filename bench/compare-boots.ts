import type { Spread } from "#measure/quantiles.ts";
import { healthCall, homePage, labelOf, measuredCallOf } from "./calls.ts";
import {
  type Compared,
  compareSamples,
  compareWithFloor,
  createSamples,
  inOrder,
  type Sides,
} from "./compared.ts";
import { echoOf } from "./first-answer.ts";
import { floors } from "./floors.ts";
import { timeFirstAnswer } from "./measure-boot.ts";
import type { Measuring } from "./options.ts";
import type { PeerPrograms } from "./peers.ts";
import type { Shop } from "./shop.ts";

/** The time from spawn to first answer of one function in both shops. */
export interface ComparedBoot {
  /** The function. */
  readonly name: string;
  /** The measured call, such as `CartService/GetCart`. */
  readonly call: string;
  /** The smallest program that does the work of its first answer. */
  readonly floor: string;
  /** Milliseconds; a ratio above 1 means that this checkout is slower. */
  readonly ms: Compared;
  /** Over the time of the floor in the same round, which is bundled and has Node.js's compile cache. */
  readonly xFloor: Sides<Spread>;
  /** Over the time of the floor with a code cache of all that it has called, as the functions of this checkout have. */
  readonly xCachedFloor: Sides<Spread>;
}

/**
 * Compares the times from spawn to first answer, with each other and with the function's floor. In each round the
 * floor and both instances of a function start, one right after the other, in alternating order.
 */
export async function compareBoots(
  shops: Sides<Shop>,
  peers: PeerPrograms,
  { manifests, rounds, onProgress }: Measuring,
): Promise<readonly ComparedBoot[]> {
  const subjects = manifests.map((manifest) => ({
    name: manifest.name,
    call: measuredCallOf(manifest),
    floor: floorOf(shops.checkout, peers, manifest.name),
    samplesMs: createSamples(),
    floorMs: [] as number[],
    cachedFloorMs: [] as number[],
  }));
  // Round 0 fills the compile caches.
  for (let round = 0; round <= rounds; round++) {
    for (const { name, call, floor, samplesMs, floorMs, cachedFloorMs } of subjects) {
      onProgress(`spawn to first answer, round ${round} of ${rounds}: ${name}`);
      for (const [plan, floorSamples] of [
        [floor.plan, floorMs],
        [floor.cachedPlan, cachedFloorMs],
      ] as const) {
        const ms = await timeFirstAnswer(shops.checkout, plan, floor.call);
        if (round > 0) floorSamples.push(ms);
      }
      for (const side of inOrder(round)) {
        const ms = await timeFirstAnswer(shops[side], shops[side].planFunction(name), call);
        if (round > 0) samplesMs[side].push(ms);
      }
    }
  }
  return subjects.map(({ name, call, floor, samplesMs, floorMs, cachedFloorMs }) => ({
    name,
    call: labelOf(call),
    floor: floor.plan.name,
    ms: compareSamples(samplesMs),
    xFloor: compareWithFloor(samplesMs, floorMs),
    xCachedFloor: compareWithFloor(samplesMs, cachedFloorMs),
  }));
}

/** The floor of a function; for one that calls no other and has no store, the echo server. */
function floorOf(shop: Shop, peers: PeerPrograms, functionName: string) {
  const floor = floors.find((each) => each.functionName === functionName) ?? {
    ...{ name: "echo", peer: "echo" as const, functionName, stages: [] },
  };
  return {
    plan: shop.planFloor(floor),
    cachedPlan: shop.planFloor(floor, peers.starters),
    call: floor.peer === "hono" ? homePage : echoOf(healthCall),
  };
}
