import { join } from "node:path";
import { readManifests } from "#manifest/manifest.ts";
import { checkDataDirectory } from "#runtime/store/data-directory.ts";
import { type FunctionProgram, findPrograms } from "../bundle/bundle-functions.ts";
import { type PlatformConfig, readPlatformConfig, repositoryDir } from "./config.ts";
import type {
  ColdStartRecord,
  FunctionSnapshot,
  FunctionState,
} from "./instances/function-snapshot.ts";
import { createPlatformLog, type LogTarget } from "./log/platform-log.ts";
import { type PlatformLimits, platformLimits } from "./ports/limits.ts";
import { RunningPlatform } from "./running-platform.ts";

/** How a platform is started; everything has a default. */
export interface PlatformOptions {
  /** The folder of the functions; the repository's `functions` by default. */
  functionsDir?: string;
  /** The environment to read, and to pass on to the functions; this process's by default. */
  env?: NodeJS.ProcessEnv;
  /** Overrides SHOP_IDLE_WINDOW. */
  idleWindowMs?: number;
  /** `free` lets the system choose all ports; else ports by function name, and of `console`. */
  ports?: "free" | Readonly<Record<string, number>>;
  /** Overrides DATA_DIR. */
  dataDir?: string;
  /** Where log lines go; standard output by default. */
  logs?: LogTarget;
  /** What Node.js runs for the functions; what `findPrograms` finds by default. */
  programs?: readonly FunctionProgram[];
  /** How long a function may take to become ready; 15 s by default. */
  startTimeoutMs?: number;
  /** How long a function may drain before it is killed; 60 s by default. */
  drainTimeoutMs?: number;
  /** Limits of the platform's listeners that differ from `platformLimits`. */
  limits?: Partial<PlatformLimits>;
}

/** One function of a running platform. */
export interface PlatformFunction {
  /** Its name. */
  readonly name: string;
  /** `host:port` at which it is called, whether it runs or not. */
  readonly address: string;
  /** The port of that address. */
  readonly port: number;
  /** Where it stands at this moment. */
  readonly state: FunctionState;
  /** All that is known of it at this moment. */
  snapshot(): FunctionSnapshot;
  /** Resolves once it is in the state; rejects after the time (10 s by default). */
  waitForState(state: FunctionState, timeoutMs?: number): Promise<void>;
}

/** A running platform. */
export interface Platform {
  /** Where to go with a browser. */
  readonly urls: { readonly storefront: string; readonly console: string };
  /** The functions by name. */
  readonly functions: readonly PlatformFunction[];
  /** How long a function stays without any request. */
  readonly idleWindowMs: number;
  /** One function; throws for a name that no function has. */
  function(name: string): PlatformFunction;
  /** The cold starts so far, oldest first. */
  coldStarts(): readonly ColdStartRecord[];
  /** Calls the listener after each change until the returned function is called. */
  subscribe(listener: () => void): () => void;
  /** Resolves once no function has a process but those that `scale.min` keeps; rejects after the time. */
  waitForZero(timeoutMs?: number): Promise<void>;
  /** Stops everything within two seconds and leaves no process behind. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Starts the platform: takes all ports or none, and runs each function when it is called.
 *
 * @throws ConfigError for a wrong variable or manifest, a folder that cannot be written to, and a port
 *   that is in use
 */
export async function startPlatform(options: PlatformOptions = {}): Promise<Platform> {
  const { functionsDir = join(repositoryDir, "functions"), env = process.env } = options;
  const manifests = readManifests(functionsDir);
  const config = applyOptions(readPlatformConfig(env, manifests), options);
  checkDataDirectory(config.dataDir);
  const running = new RunningPlatform(
    manifests,
    config,
    createPlatformLog(options.logs ?? "inherit"),
    { ...platformLimits, ...options.limits },
  );
  try {
    await running.bind();
    const programs = options.programs ?? findPrograms(manifests.map(({ folder }) => folder));
    running.serve(env, { ...options, programs });
  } catch (error) {
    await running.close();
    throw error;
  }
  return running;
}

function applyOptions(config: PlatformConfig, options: PlatformOptions): PlatformConfig {
  const { ports, idleWindowMs = config.idleWindowMs, dataDir = config.dataDir } = options;
  const portOf = (name: string, port: number) => (ports === "free" ? 0 : (ports?.[name] ?? port));
  return {
    ...config,
    idleWindowMs,
    dataDir,
    consolePort: portOf("console", config.consolePort),
    functionPorts: new Map(
      [...config.functionPorts].map(([name, port]) => [name, portOf(name, port)]),
    ),
  };
}
