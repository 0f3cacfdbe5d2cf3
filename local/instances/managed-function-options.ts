import type { PlatformLog } from "../log/platform-log.ts";
import type { ColdStartRecord } from "./function-snapshot.ts";
import type { InstanceOptions } from "./instance.ts";

/** What it takes to run one function. */
export interface ManagedFunctionOptions extends Omit<InstanceOptions, "onLogLine" | "onInFlight"> {
  /** Milliseconds without a request after which it scales to zero. */
  idleWindowMs: number;
  /** Instances that stay without a request; more than one counts as one. */
  minScale: number;
  /** Receives the platform's log lines about it, and its own. */
  log: PlatformLog;
  /** Called after each change of its snapshot. */
  onChange: () => void;
  /** Receives each cold start once the first caller is connected. */
  onColdStart: (record: ColdStartRecord) => void;
}
