import { labelOf, type MeasuredCall, measuredCallOf } from "./calls.ts";
import { echoOf, nextIndex, prepareCall, startAndCall } from "./first-answer.ts";
import { type ProcessPlan, runProcess } from "./processes.ts";
import type { BootResult, Measuring } from "./result.ts";
import type { Shop } from "./shop.ts";
import { ratiosOf, spreadOf } from "./statistics.ts";

/**
 * Spawn to first answered call, and spawn to exit of `node -e 0`. In each round everything is
 * started once, one after the other, while the callees run.
 */
export async function measureBoot(shop: Shop, measuring: Measuring): Promise<BootResult> {
  const functions = measuring.manifests.map((manifest) => ({
    name: manifest.name,
    call: measuredCallOf(manifest.name),
    plan: shop.planFunction(manifest),
    samplesMs: [] as number[],
  }));
  const echoPlan = shop.planPeer("echo");
  const echoCall = echoOf(measuredCallOf(""));
  const nodeMs: number[] = [];
  const echoMs: number[] = [];
  // Round 0 fills the compile caches.
  for (let round = 0; round <= measuring.rounds; round++) {
    measuring.onProgress(`spawn to first answer, round ${round} of ${measuring.rounds}`);
    const keep = (samples: number[], ms: number) => round > 0 && samples.push(ms);
    keep(nodeMs, await timeNode());
    keep(echoMs, await timeFirstAnswer(shop, echoPlan, echoCall));
    for (const { call, plan, samplesMs } of functions) {
      keep(samplesMs, await timeFirstAnswer(shop, plan, call));
    }
  }
  return {
    node: { ms: spreadOf(nodeMs), samplesMs: nodeMs },
    echo: { ms: spreadOf(echoMs), samplesMs: echoMs, xNode: spreadOf(ratiosOf(echoMs, nodeMs)) },
    functions: functions.map(({ name, call, samplesMs }) => ({
      name,
      call: labelOf(call),
      ms: spreadOf(samplesMs),
      xNode: spreadOf(ratiosOf(samplesMs, nodeMs)),
      xEcho: spreadOf(ratiosOf(samplesMs, echoMs)),
      samplesMs,
    })),
  };
}

async function timeNode(): Promise<number> {
  const startMs = performance.now();
  await runProcess(["-e", "0"]);
  return performance.now() - startMs;
}

async function timeFirstAnswer(shop: Shop, plan: ProcessPlan, call: MeasuredCall): Promise<number> {
  const index = nextIndex();
  await prepareCall(call, index, shop);
  const spawnedAtMs = performance.timeOrigin + performance.now();
  const startMs = performance.now();
  const env = { ...plan.env, SHOP_SPAWNED_AT: String(spawnedAtMs) };
  const running = await startAndCall({ ...plan, env }, call, index);
  const ms = performance.now() - startMs;
  await running.stop();
  return ms;
}
