import { join } from "node:path";
import { sortDependenciesFirst } from "#manifest/call-graph.ts";
import type { Manifest } from "#manifest/manifest.ts";
import { type FunctionProgram, findPrograms } from "../bundle/bundle-functions.ts";
import { nodeFlagsWithin } from "../bundle/node-flags.ts";
import { planBaseline } from "./baseline.ts";
import { type Floor, floorArgument } from "./floors.ts";
import type { PeerPrograms } from "./peers.ts";
import { type ProcessPlan, type RunningProcess, startProcess } from "./processes.ts";

/** The memory of floors: that of every function. */
export const floorMemory = "256Mi";

/** The shop's functions as processes of their own, each calling the others directly. */
export type Shop = Awaited<ReturnType<typeof startShop>>;

/** How the functions of a shop are started. */
export interface ShopBuild {
  /** The program of each function. */
  readonly programs: readonly Pick<FunctionProgram, "name" | "path">[];
  /** The flags of Node.js for a function. */
  readonly flagsOf: (manifest: Manifest) => readonly string[];
}

/**
 * Starts the span collector and every function, dependencies first. All files are in the folder
 * `dataDir`. The build is this checkout's unless another is given.
 *
 * @param env further variables of all functions
 */
export async function startShop(
  manifests: readonly Manifest[],
  peers: PeerPrograms,
  dataDir: string,
  env: Readonly<Record<string, string>> = {},
  build: ShopBuild = {
    programs: findPrograms(manifests.map(({ folder }) => folder)),
    flagsOf,
  },
) {
  const cacheDir = join(dataDir, "compile-cache");
  const cacheOnly = { NODE_COMPILE_CACHE: cacheDir };
  const running = new Map<string, RunningProcess>();
  const started: RunningProcess[] = [];
  const stop = async () => {
    await Promise.all(started.reverse().map((child) => child.stop()));
  };
  const start = async (plan: ProcessPlan) => {
    const child = await startProcess(plan);
    started.push(child);
    return child;
  };
  try {
    const sink = await start({ name: "span-sink", args: [peers.bundles["span-sink"]], env: {} });
    const sinkUrl = `http://127.0.0.1:${sink.port}/api/v2/spans`;
    const planFunction = (name: string): ProcessPlan => {
      const manifest = manifests.find((each) => each.name === name);
      const program = build.programs.find((each) => each.name === name);
      if (!manifest || !program) throw new Error(`function ${name} has no program`);
      return {
        name,
        args: [...build.flagsOf(manifest), program.path],
        env: { ...functionEnvironment(manifest, running, { cacheDir, dataDir, sinkUrl }), ...env },
      };
    };
    for (const { name } of sortDependenciesFirst(manifests)) {
      running.set(name, await start(planFunction(name)));
    }
    return {
      /** The running instance of each function, which the measured ones call. */
      running: running as ReadonlyMap<string, RunningProcess>,
      /** The collector of their spans. */
      sink,
      /** Number of spans that the collector has received. */
      countSpans: async () => Number(await (await fetch(sinkUrl)).text()),
      /** How to start another instance of a function. */
      planFunction,
      planPeer: (name: "echo" | "idle"): ProcessPlan => ({
        name,
        args: [peers.bundles[name]],
        env: cacheOnly,
      }),
      /** How to start a floor: as usual, or with a code cache, as functions are started. */
      planFloor: (floor: Floor, programs = peers.bundles): ProcessPlan => ({
        name: floor.name,
        args: [
          ...nodeFlagsWithin(floorMemory),
          programs[floor.peer],
          floorArgument(floor, running, dataDir),
        ],
        env: cacheOnly,
      }),
      /** Undefined if it is not installed. */
      baselinePlan: peers.baselineFolder ? planBaseline(peers.baselineFolder, sinkUrl) : undefined,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function flagsOf({ deploy }: Manifest): readonly string[] {
  return nodeFlagsWithin(deploy.options.resources.limits.memory);
}

function functionEnvironment(
  manifest: Manifest,
  running: ReadonlyMap<string, RunningProcess>,
  { cacheDir, dataDir, sinkUrl }: { cacheDir: string; dataDir: string; sinkUrl: string },
): Record<string, string> {
  const addresses = manifest.dependencies.map(({ variable, name }) => {
    const port = running.get(name)?.port ?? 0;
    return [variable, `127.0.0.1:${port}`];
  });
  return {
    ...manifest.env,
    // No HOST, as in a cluster: Node.js would resolve the address before it listens.
    PORT: "0",
    METRICS_PORT: "0",
    K_SERVICE: manifest.name,
    K_REVISION: `${manifest.name}-bench`,
    K_CONFIGURATION: manifest.name,
    NODE_COMPILE_CACHE: cacheDir,
    DATA_DIR: dataDir,
    OTEL_EXPORTER_ZIPKIN_ENDPOINT: sinkUrl,
    ...Object.fromEntries(addresses),
  };
}
