import type { Spread } from "#measure/quantiles.ts";
import { callOf, labelOf, measuredCallOf } from "./calls.ts";
import { type Compared, compareSamples, compareWithFloor, type Sides } from "./compared.ts";
import { echoOf } from "./first-answer.ts";
import { closerFloorOf, writeFloors } from "./floors.ts";
import type { Measuring } from "./options.ts";
import { type RunningProcess, startProcess } from "./processes.ts";
import { type RateSample, sampleRates } from "./sample-rates.ts";
import type { Shop } from "./shop.ts";
import { compare } from "./statistics.ts";

/** The RPCs per second of one function in both shops. */
export interface ComparedRate {
  /** The function. */
  readonly name: string;
  /** The measured call, such as `CartService/AddItem`. */
  readonly call: string;
  /** What it is compared with besides: the echo server, or a server that also does the same writes. */
  readonly floor: "echo" | "echo with the same writes";
  /** RPCs per second, one for each round. */
  readonly perSecond: Compared;
  /** Over the floor's RPCs per second in the same round. */
  readonly xFloor: Sides<Spread>;
  /**
   * CPU time per RPC over the floor's in the same round. Unlike the rates, it does not contain the work of client and
   * collector, which share the CPUs. Null where CPU times cannot be read.
   */
  readonly cpuXFloor: Sides<Spread> | null;
  /** A second floor, with the flags of functions; null if the floor has them. */
  readonly closerFloor: string | null;
  /** Over the second floor's RPCs per second in the same round. */
  readonly xCloserFloor: Sides<Spread> | null;
  /** The second floor's RPCs per second over the first one's: what the flags, and the writes if any, take. */
  readonly closerXFloor: Spread | null;
}

/**
 * Compares the RPCs per second of the functions that call no others. In each round a batch of the floor and of both
 * functions, one right after the other.
 */
export async function compareRates(
  shops: Sides<Shop>,
  measuring: Measuring,
): Promise<readonly ComparedRate[]> {
  const results: ComparedRate[] = [];
  for (const manifest of measuring.manifests) {
    const { name } = manifest;
    const writes = writeFloors.get(name);
    const call = writes ? callOf(writes.method) : measuredCallOf(manifest);
    const checkout = shops.checkout.running.get(name);
    const reference = shops.reference.running.get(name);
    if (!call.rpc || manifest.dependencies.length > 0 || !checkout || !reference) continue;
    const shop = shops.checkout;
    const closer = writes ? undefined : closerFloorOf(name);
    const floor = await startFloor(shop, name);
    const second = closer && (await startProcess(shop.planFloor(closer)));
    try {
      const { samples } = await sampleRates<"floor" | "closer" | keyof Sides<unknown>>(
        {
          floor: { shop, running: floor, call: echoOf(call) },
          ...(second && { closer: { shop, running: second, call: echoOf(call) } }),
          checkout: { shop, running: checkout, call },
          reference: { shop: shops.reference, running: reference, call },
        },
        measuring,
      );
      const read = (of: readonly RateSample[]) => of.map(({ perSecond }) => perSecond);
      const readCpu = (of: readonly RateSample[]) => of.map(({ cpuUsPerCall = 0 }) => cpuUsPerCall);
      const sidesOf = (readSide: typeof read) => ({
        checkout: readSide(samples.checkout),
        reference: readSide(samples.reference),
      });
      const both = sidesOf(read);
      const floorCpu = readCpu(samples.floor);
      results.push({
        name,
        call: labelOf(call),
        floor: writes ? "echo with the same writes" : "echo",
        perSecond: compareSamples(both),
        xFloor: compareWithFloor(both, read(samples.floor)),
        cpuXFloor: floorCpu.includes(0) ? null : compareWithFloor(sidesOf(readCpu), floorCpu),
        closerFloor: closer?.name ?? null,
        xCloserFloor: closer ? compareWithFloor(both, read(samples.closer)) : null,
        closerXFloor: closer ? compare(read(samples.closer), read(samples.floor)) : null,
      });
    } finally {
      await Promise.all([floor.stop(), second?.stop()]);
    }
  }
  return results;
}

function startFloor(shop: Shop, functionName: string): Promise<RunningProcess> {
  const writes = writeFloors.get(functionName);
  if (!writes) return startProcess(shop.planPeer("echo"));
  const name = `${functionName}'s writes alone`;
  return startProcess(
    shop.planFloor({ name, peer: "store", functionName, stages: [], work: writes.work }),
  );
}
