import type { PlatformLog } from "../log/platform-log.ts";
import type { ColdStartRecord } from "./function-snapshot.ts";
import type { InstanceOptions } from "./instance.ts";

/** The configuration of one function. */
export interface ManagedFunctionOptions extends Omit<InstanceOptions, "onLogLine" | "onInFlight"> {
  /** Resolves when `entry` exists, and rejects if it cannot be written; undefined if it exists. */
  written?: Promise<void> | undefined;
  /** Milliseconds without a request after which it scales to zero. */
  idleWindowMs: number;
  /** The number of instances that stay without a request; more than one counts as one. */
  minScale: number;
  /** The log for its own lines, and for the platform's lines about it. */
  log: PlatformLog;
  /** Called after each change of its snapshot. */
  onChange: () => void;
  /** Receives each cold start once the first caller is connected. */
  onColdStart: (record: ColdStartRecord) => void;
}
