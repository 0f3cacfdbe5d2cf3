import { readFileSync } from "node:fs";
import { readManifests } from "#manifest/manifest.ts";
import type { FuzzedShop } from "./shop/fuzzed-shop.ts";

const sampleMs = 1000;

// What the platform may use: its traces and connections, besides Node.js.
const platformMiB = 512;

/** Samples the resident memory of a shop's processes each second; none if the system has no /proc. */
export class MemoryWatch {
  readonly #shop: FuzzedShop;
  readonly #timer: NodeJS.Timeout;
  readonly #limits = readLimits();
  readonly #peaks = new Map<string, number>();

  constructor(shop: FuzzedShop) {
    this.#shop = shop;
    this.#timer = setInterval(() => this.#sample(), sampleMs);
  }

  /** Returns the peaks since the last call in MiB, by the name of the process. */
  takePeaks(): Map<string, number> {
    this.#sample();
    const peaks = new Map(this.#peaks);
    this.#peaks.clear();
    return peaks;
  }

  /**
   * Describes the processes that have used more than they may: a function its limit on Knative, above which
   * its pod is killed.
   */
  findExcess(peaks: ReadonlyMap<string, number>): string[] {
    return [...peaks].flatMap(([name, mib]) => {
      const limit = this.#limits.get(name) ?? platformMiB;
      if (mib <= limit) return [];
      return [`${name} has used ${mib} MiB of memory: expected at most ${limit}`];
    });
  }

  /** Ends the samples. */
  close(): void {
    clearInterval(this.#timer);
  }

  #sample(): void {
    for (const [name, pid] of this.#shop.pids) {
      const mib = readResidentMiB(pid);
      if (mib !== undefined) this.#peaks.set(name, Math.max(mib, this.#peaks.get(name) ?? 0));
    }
  }
}

function readResidentMiB(pid: number): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
    return kib === undefined ? undefined : Math.round(Number(kib) / 1024);
  } catch {
    return undefined;
  }
}

function readLimits(): Map<string, number> {
  return new Map(
    readManifests().map(({ name, deploy }) => [
      name,
      parseMiB(deploy.options.resources.limits.memory),
    ]),
  );
}

function parseMiB(quantity: string): number {
  const [, amount, unit] = /^(\d+)(Mi|Gi)$/.exec(quantity) ?? [];
  if (amount === undefined) throw new Error(`memory is ${quantity}: expected a number of Mi or Gi`);
  return Number(amount) * (unit === "Gi" ? 1024 : 1);
}
