import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localSource } from "#backends/local-platform.ts";
import { type Platform, startPlatform } from "#local/platform.ts";
import type { TraceSpan } from "#traces/span.ts";
import type { FunctionProgram } from "../../bundle/bundle-functions.ts";
import type { Condition, Policy } from "../experiment/experiment.ts";
import { epochMs } from "../records/clock.ts";
import type { PlatformInfo } from "../records/run-file.ts";
import type { ZeroProof } from "../records/sample-record.ts";
import { environmentOf } from "./apply-policy.ts";
import { InstanceLog } from "./instance-log.ts";
import { type Addresses, type Observation, PlatformError, type StudyPlatform } from "./platform.ts";
import { type PreparedCode, prepareCode } from "./prepare-code.ts";

/** The functions that start a local platform and call it. */
export interface LocalPlatformOptions {
  /** Starts a local platform. Default: the shop's. */
  readonly start?: StartPlatform;
  /** Sends a condition's call once: the warm-up request of a new platform. Never rejects. */
  readonly warmUp: (
    condition: Condition,
    addresses: Addresses,
    signal: AbortSignal,
  ) => Promise<void>;
}

/**
 * Opens the local platform for a study: one instance of it for each policy, all with the same files.
 * Missing or stale bundles are built first. Rejects with esbuild's errors.
 */
export async function openLocalPlatform(
  options: LocalPlatformOptions,
): Promise<LocalStudyPlatform> {
  const prepared = await prepareCode();
  return new LocalStudyPlatform(await mkdtemp(join(tmpdir(), "shop-study-")), {
    ...options,
    ...prepared,
  });
}

type StartPlatform = (
  policy: Policy,
  folder: string,
  programs: readonly FunctionProgram[],
) => Promise<Platform>;

const zeroBoundMs = 120_000;

/** The local platform, as a study measures it: an emulation, whose figures are not Knative's. */
export class LocalStudyPlatform implements StudyPlatform {
  readonly kind = "local";
  readonly info: PlatformInfo;
  readonly #folder: string;
  readonly #options: LocalPlatformOptions & PreparedCode;
  readonly #platforms = new Map<string, Platform>();
  #current: Platform | undefined;

  constructor(folder: string, options: LocalPlatformOptions & PreparedCode) {
    this.#folder = folder;
    this.#options = options;
    this.info = {
      kind: "local",
      description: `the local platform, which emulates scale to zero with processes of Node.js ${process.version}`,
      versions: { node: process.version },
      code: options.code,
    };
  }

  // The load average, which the run records, includes other processes.
  async findDisturbances(): Promise<string[]> {
    return [];
  }

  async prepare(condition: Condition): Promise<void> {
    const { policy } = condition;
    const key = JSON.stringify([idleWindowOf(policy), environmentOf(policy)]);
    const known = this.#platforms.get(key);
    this.#current = known ?? (await this.#start(key, condition));
  }

  async waitForZero(signal: AbortSignal): Promise<boolean> {
    const aborted = new Promise<boolean>((resolve) => {
      signal.addEventListener("abort", () => resolve(false), { once: true });
    });
    const zero = Promise.all(
      [...this.#platforms.values()].map((platform) => platform.waitForZero(zeroBoundMs)),
    ).then(
      () => true,
      () => false,
    );
    return Promise.race([zero, aborted]);
  }

  async verifyZero(): Promise<ZeroProof> {
    const instances = [...this.#platforms.values()].flatMap(listProcesses);
    const source = "the local platform's list of processes";
    const running = instances.map(({ function: name, id }) => `${name} ${id}`);
    return { checkedAtMs: epochMs(), source, version: null, instances: running };
  }

  addressesOf(): Addresses {
    const platform = this.#platform();
    return {
      storefront: { url: platform.urls.storefront, hostHeader: null },
      rpcOf: (name) => ({ address: platform.function(name).address, authority: null }),
    };
  }

  observe(): Observation {
    const platform = this.#platform();
    const log = new InstanceLog();
    const update = () => {
      const now = epochMs();
      const running = listProcesses(platform);
      for (const { function: name, id, isReady } of running) {
        log.record({ function: name, id, ...(isReady && { readyAtMs: now }) }, now);
      }
      const ids = new Set(running.map(({ id }) => id));
      for (const { id } of log.records) if (!ids.has(id)) log.recordRemoval(id, now);
    };
    update();
    const stop = platform.subscribe(update);
    return { instances: () => log.records, stop };
  }

  readTrace(traceId: string): Promise<TraceSpan[]> {
    return localSource(this.#platform().urls.console).readTrace(traceId);
  }

  async checkAlive(): Promise<void> {
    const { console } = this.#platform().urls;
    try {
      await fetch(new URL("/api/v2/services", console), { signal: AbortSignal.timeout(5000) });
    } catch (cause) {
      throw new PlatformError(`the local platform at ${console} no longer responds`, {
        cause,
      });
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#platforms.values()].map((platform) => platform.close()));
    await rm(this.#folder, { recursive: true, force: true });
  }

  // The first call of a function fills Node's compile cache, as the build of an image does: once, and
  // in no sample.
  async #start(key: string, condition: Condition): Promise<Platform> {
    const { start = startShop, warmUp, programs } = this.#options;
    const platform = await start(condition.policy, this.#folder, programs);
    this.#platforms.set(key, platform);
    this.#current = platform;
    const signal = AbortSignal.timeout(condition.timeoutMs * 4);
    await warmUp(condition, this.addressesOf(), signal);
    return platform;
  }

  #platform(): Platform {
    if (this.#current === undefined) throw new Error("prepare was not called");
    return this.#current;
  }
}

/** Why the local platform does not support a condition; undefined if it does. */
export function explainNotLocal({ deployment, policy }: Condition): string | undefined {
  if (deployment !== "ten") return `deployment ${deployment} requires a cluster`;
  if (policy.minScale > 0) return "the local platform does not support minScale";
  const { activationScale, concurrency, burstCapacity } = policy;
  if (activationScale ?? concurrency ?? burstCapacity) {
    return "the local platform runs at most one instance of a function";
  }
  return undefined;
}

/** All three settings keep the only instance. */
function idleWindowOf({ windowMs, retentionMs, scaleDownDelayMs }: Policy): number {
  return windowMs + Math.max(retentionMs, scaleDownDelayMs);
}

const startShop: StartPlatform = (policy, folder, programs) =>
  startPlatform({
    programs,
    ports: "free",
    logs: "ignore",
    dataDir: folder,
    idleWindowMs: idleWindowOf(policy),
    sweepIntervalMs: 0,
    env: environmentOf(policy),
  });

function listProcesses(platform: Platform) {
  return platform.functions.flatMap((each) => {
    const { name, pid, state } = each.snapshot();
    return pid === null ? [] : [{ function: name, id: String(pid), isReady: state === "ready" }];
  });
}
