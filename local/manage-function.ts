import type { Manifest } from "#manifest/manifest.ts";
import { ManagedFunction } from "./instances/managed-function.ts";
import type { ManagedFunctionOptions } from "./instances/managed-function-options.ts";
import type { PlatformOptions } from "./platform-options.ts";

const defaultStartTimeoutMs = 15_000;
// A pod's grace period: timeoutSeconds in the manifests.
const defaultDrainTimeoutMs = 60_000;

/** The options of a platform whose programs are known. */
export type ServeOptions = PlatformOptions & Required<Pick<PlatformOptions, "programs">>;

/** What is the same for all functions, and the function's environment. */
export type FunctionSetting = Pick<
  ManagedFunctionOptions,
  "env" | "idleWindowMs" | "log" | "onChange" | "onColdStart"
>;

/** The managed function of a manifest, at zero unless its manifest keeps an instance. */
export function manageFunction(
  manifest: Manifest,
  options: ServeOptions,
  setting: FunctionSetting,
): ManagedFunction {
  const { name, deploy } = manifest;
  const program = options.programs.find((each) => each.name === name);
  if (!program) throw new Error(`there is no program for ${name}`);
  const { startTimeoutMs = defaultStartTimeoutMs } = options;
  const { drainTimeoutMs = defaultDrainTimeoutMs } = options;
  return new ManagedFunction({
    ...setting,
    name,
    entry: program.path,
    minScale: deploy.options.scale.min,
    startTimeoutMs,
    drainTimeoutMs,
  });
}
