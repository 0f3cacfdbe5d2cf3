import { bundleFunctions, findPrograms } from "../../bundle/bundle-functions.ts";
import { describeCheckout } from "../../bundle/describe-checkout.ts";
import type { MeasuredCode } from "../records/run-file.ts";

/** The functions' programs, which the local platform starts, and their description in `run.json`. */
export type PreparedCode = Awaited<ReturnType<typeof prepareCode>>;

/** Bundles the functions whose bundle is missing or stale. Rejects with esbuild's errors. */
export async function prepareCode() {
  const bundles = await bundleFunctions();
  const programs = findPrograms(bundles.map(({ folder }) => folder));
  const recorded = programs.map(({ name, kind, sha256 }) => [name, { kind, sha256 }] as const);
  const code: MeasuredCode = {
    ...(await describeCheckout()),
    programs: Object.fromEntries(recorded),
  };
  return { programs, code };
}
