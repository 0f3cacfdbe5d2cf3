import { quantileOf } from "#measure/quantiles.ts";
import { labelOf, type MeasuredCall, measuredCallOf } from "./calls.ts";
import {
  type Compared,
  compareSamples,
  createSamples,
  inOrder,
  type Sides,
  sides,
} from "./compared.ts";
import { nextIndex, prepareCall } from "./first-answer.ts";
import type { Measuring } from "./options.ts";
import { RpcClient } from "./rpc-client.ts";
import type { Shop } from "./shop.ts";

/** The latency of one function's warm calls in both shops. */
export interface ComparedCall {
  /** The function. */
  readonly name: string;
  /** The measured call, such as `CartService/GetCart`. */
  readonly call: string;
  /** Milliseconds; a ratio above 1 means that this checkout is slower. */
  readonly ms: Compared;
}

/** Calls of each side in one round; those before the first round are made until V8 has optimized. */
const callsPerRound = 20;
const warmUpCalls = 300;

/**
 * Compares the latency of warm calls of one user. In each round both functions get 20 calls each, in turn;
 * the round's ratio is that of their medians. A call's preparation is not measured.
 */
export async function compareCalls(
  shops: Sides<Shop>,
  { manifests, rounds, onProgress }: Measuring,
): Promise<readonly ComparedCall[]> {
  const results: ComparedCall[] = [];
  for (const manifest of manifests) {
    const { name } = manifest;
    const call = measuredCallOf(manifest);
    if (!call.rpc) continue;
    const samplesMs = createSamples();
    const clients = {
      checkout: connect(shops.checkout, name),
      reference: connect(shops.reference, name),
    };
    const ratios: number[] = [];
    try {
      for (let round = 0; round <= rounds; round++) {
        onProgress(`${labelOf(call)}, round ${round} of ${rounds}`);
        const ofRound = createSamples();
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
    results.push({ name, call: labelOf(call), ms: compareSamples(samplesMs, ratios) });
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
