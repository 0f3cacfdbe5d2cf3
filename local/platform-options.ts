import type { LivenessProbe } from "#manifest/liveness-probe.ts";
import type { FunctionProgram } from "../bundle/bundle-functions.ts";
import type {
  ColdStartRecord,
  FunctionSnapshot,
  FunctionState,
} from "./instances/function-snapshot.ts";
import type { LogTarget } from "./log/platform-log.ts";
import type { PlatformLimits } from "./ports/limits.ts";

/** The options of a platform; every field has a default. */
export interface PlatformOptions {
  /** The folder of the functions; the repository's `functions` by default. */
  functionsDir?: string;
  /** The environment that the platform reads and passes to functions; by default this process's. */
  env?: NodeJS.ProcessEnv;
  /** Overrides SHOP_IDLE_WINDOW. */
  idleWindowMs?: number;
  /** Overrides SHOP_SWEEP_INTERVAL, in milliseconds. */
  sweepIntervalMs?: number;
  /** `free` lets the system choose all ports; otherwise ports by function name, and `console`. */
  ports?: "free" | Readonly<Record<string, number>>;
  /** Overrides DATA_DIR. */
  dataDir?: string;
  /** The destination of log lines; standard output by default. */
  logs?: LogTarget;
  /** The programs of the functions; by default those that `findPrograms` finds. */
  programs?: readonly FunctionProgram[];
  /** Milliseconds until a function that starts must be ready; 15,000 by default. */
  startTimeoutMs?: number;
  /** The probe by which functions that hang are replaced; `livenessProbe` by default. */
  liveness?: LivenessProbe;
  /** Limits of the platform's listeners that differ from `platformLimits`. */
  limits?: Partial<PlatformLimits>;
}

/** One function of a running platform. */
export interface PlatformFunction {
  /** The function's name, such as `cartservice`. */
  readonly name: string;
  /** `host:port` of its activator, which accepts calls at any scale. */
  readonly address: string;
  /** The port of that address. */
  readonly port: number;
  /** Its state now. */
  readonly state: FunctionState;
  /** Its state, process and counters now. */
  snapshot(): FunctionSnapshot;
  /** Resolves once it has the state; rejects after the timeout (10 s by default). */
  waitForState(state: FunctionState, timeoutMs?: number): Promise<void>;
}

/** A running platform. */
export interface Platform {
  /** The URLs to open in a browser. */
  readonly urls: { readonly storefront: string; readonly console: string };
  /** The functions by name. */
  readonly functions: readonly PlatformFunction[];
  /** Milliseconds without a request after which a function stops. */
  readonly idleWindowMs: number;
  /** The function with this name; throws for an unknown name. */
  function(name: string): PlatformFunction;
  /** The cold starts so far, oldest first. */
  coldStarts(): readonly ColdStartRecord[];
  /** Calls the listener after each change until the returned function is called. */
  subscribe(listener: () => void): () => void;
  /** Resolves once only the functions with `scale.min` have a process; rejects after the timeout. */
  waitForZero(timeoutMs?: number): Promise<void>;
  /** Stops all processes within two seconds and frees the ports. Safe to call twice. */
  close(): Promise<void>;
}
