import type { Manifest } from "#manifest/manifest.ts";
import { medianIntervalOf } from "#measure/intervals.ts";
import { quantileOf, spreadOf } from "#measure/quantiles.ts";
import { labelOf, type MeasuredCall, measuredCallOf } from "./calls.ts";
import { nextIndex, prepareCall } from "./first-answer.ts";
import { timeFirstAnswer } from "./measure-boot.ts";
import type { Measuring } from "./options.ts";
import { RpcClient } from "./rpc-client.ts";
import type { Shop } from "./shop.ts";
import { ratiosOf, timesOf } from "./statistics.ts";

/** The shops of two commits, which run at the same time. */
export interface ComparedShops {
  /** The shop of this checkout. */
  readonly checkout: Shop;
  /** The shop of the other commit. */
  readonly reference: Shop;
}

/** The same measurement of one function in both shops. */
export type ComparedFunction = ReturnType<typeof summarize>;

const sides = ["checkout", "reference"] as const;

/**
 * Compares the times from spawn to first answer. In each round both instances of a function start, one
 * right after the other, in alternating order.
 */
export async function compareBoots(
  shops: ComparedShops,
  { manifests, rounds, onProgress }: Measuring,
): Promise<readonly ComparedFunction[]> {
  const subjects = manifests.map(subjectOf);
  // Round 0 fills the compile caches.
  for (let round = 0; round <= rounds; round++) {
    for (const { name, call, samplesMs } of subjects) {
      for (const side of inOrder(round)) {
        onProgress(`spawn to first answer, round ${round} of ${rounds}: ${name}`);
        const ms = await timeFirstAnswer(shops[side], shops[side].planFunction(name), call);
        if (round > 0) samplesMs[side].push(ms);
      }
    }
  }
  return subjects.map((subject) => {
    const { checkout, reference } = subject.samplesMs;
    return summarize(subject, ratiosOf(checkout, reference));
  });
}

/** Calls of each side in one round; those before the first round are made until V8 has optimized. */
const callsPerRound = 20;
const warmUpCalls = 300;

/**
 * Compares the latency of warm calls of one user. In each round both functions get 20 calls each, in turn;
 * the round's ratio is that of their medians. A call's preparation is not measured.
 */
export async function compareCalls(
  shops: ComparedShops,
  { manifests, rounds, onProgress }: Measuring,
): Promise<readonly ComparedFunction[]> {
  const results: ComparedFunction[] = [];
  for (const subject of manifests.map(subjectOf)) {
    const { name, call, samplesMs } = subject;
    if (!call.rpc) continue;
    const clients = {
      checkout: connect(shops.checkout, name),
      reference: connect(shops.reference, name),
    };
    const ratios: number[] = [];
    try {
      for (let round = 0; round <= rounds; round++) {
        onProgress(`${labelOf(call)}, round ${round} of ${rounds}`);
        const ofRound = { checkout: [] as number[], reference: [] as number[] };
        for (let index = 0; index < (round === 0 ? warmUpCalls : callsPerRound); index++) {
          for (const side of inOrder(index)) {
            ofRound[side].push(await timeCall(shops[side], clients[side], call));
          }
        }
        if (round === 0) continue;
        for (const side of sides) samplesMs[side].push(...ofRound[side]);
        ratios.push(quantileOf(ofRound.checkout, 0.5) / quantileOf(ofRound.reference, 0.5));
      }
    } finally {
      for (const side of sides) clients[side].close();
    }
    results.push(summarize(subject, ratios));
  }
  return results;
}

function connect(shop: Shop, name: string): RpcClient {
  return new RpcClient(shop.running.get(name)?.port ?? 0);
}

async function timeCall(shop: Shop, client: RpcClient, call: MeasuredCall): Promise<number> {
  const index = nextIndex();
  await prepareCall(call, index, shop);
  const rpc = call.rpc?.(index);
  const startMs = performance.now();
  if (rpc) await client.call(rpc.path, rpc.message);
  return performance.now() - startMs;
}

function inOrder(index: number) {
  return index % 2 === 0 ? sides : sides.toReversed();
}

function subjectOf(manifest: Manifest) {
  return {
    name: manifest.name,
    call: measuredCallOf(manifest),
    samplesMs: { checkout: [] as number[], reference: [] as number[] },
  };
}

function summarize(
  { name, call, samplesMs: { checkout, reference } }: ReturnType<typeof subjectOf>,
  ratios: readonly number[],
) {
  return {
    name,
    call: labelOf(call),
    checkout: timesOf(checkout),
    reference: timesOf(reference),
    /** This checkout over the reference, round by round: above 1, this checkout is slower. */
    ratio: spreadOf(ratios),
    /** Of the ratios' median; null for fewer than six rounds. */
    interval: medianIntervalOf(ratios),
  };
}
