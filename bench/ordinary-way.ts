import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ProcessPlan } from "./processes.ts";

const folder = join(import.meta.dirname, "ordinary");

/** The function that `ordinary/` is the other way of. */
export const ordinaryFunction = "currencyservice";

/** What the ordinary peer is called in reports. */
export const ordinaryName = "ordinary way";

/**
 * Compiles the ordinary peer, which has packages of its own.
 *
 * @returns its folder; undefined where those are not installed
 * @throws Error with the compiler's output
 */
export async function buildOrdinary(): Promise<string | undefined> {
  if (!existsSync(join(folder, "node_modules"))) return undefined;
  await promisify(execFile)("npm", ["run", "build"], { cwd: folder });
  return folder;
}

/**
 * How it is started: as in most images, without a compile cache. Metrics and logs are off, since
 * nothing here takes what their exporters would send; that is in its favour.
 */
export function planOrdinary(ordinaryFolder: string, sinkUrl: string): ProcessPlan {
  const dist = join(ordinaryFolder, "dist");
  return {
    name: ordinaryName,
    args: ["--require", join(dist, "tracing.cjs"), join(dist, "server.cjs")],
    env: {
      PORT: "0",
      NODE_ENV: "production",
      OTEL_SERVICE_NAME: ordinaryFunction,
      OTEL_EXPORTER_ZIPKIN_ENDPOINT: sinkUrl,
      OTEL_METRICS_EXPORTER: "none",
      OTEL_LOGS_EXPORTER: "none",
    },
  };
}
