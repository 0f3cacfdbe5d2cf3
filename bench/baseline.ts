import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { measuredCallOf } from "./calls.ts";
import type { ProcessPlan } from "./processes.ts";

const folder = join(import.meta.dirname, "baseline");

/** The function that `baseline/` implements the usual way. */
export const baselineFunction = "currencyservice";

/** The call that represents it. */
export const baselineCall = measuredCallOf({ name: baselineFunction, isPublic: false });

/** The name of the baseline in reports. */
export const baselineName = "baseline";

/**
 * Compiles the baseline, which has packages of its own.
 *
 * @returns its folder; undefined if its packages are not installed
 * @throws Error with the compiler's output
 */
export async function buildBaseline(): Promise<string | undefined> {
  if (!existsSync(join(folder, "node_modules"))) return undefined;
  await promisify(execFile)("npm", ["run", "build"], { cwd: folder });
  return folder;
}

/**
 * How the baseline is started: as in most images, without a compile cache. Metrics and logs are off
 * because no collector for them runs here, which makes it faster.
 */
export function planBaseline(baselineFolder: string, sinkUrl: string): ProcessPlan {
  const dist = join(baselineFolder, "dist");
  return {
    name: baselineName,
    args: ["--require", join(dist, "tracing.cjs"), join(dist, "server.cjs")],
    env: {
      PORT: "0",
      NODE_ENV: "production",
      OTEL_SERVICE_NAME: baselineFunction,
      OTEL_EXPORTER_ZIPKIN_ENDPOINT: sinkUrl,
      OTEL_METRICS_EXPORTER: "none",
      OTEL_LOGS_EXPORTER: "none",
    },
  };
}
