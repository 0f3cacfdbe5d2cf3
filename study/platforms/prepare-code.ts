import {
  bundleFunctions,
  type FunctionProgram,
  findPrograms,
} from "../../bundle/bundle-functions.ts";
import { describeCheckout } from "../../bundle/describe-checkout.ts";
import type { MeasuredCode } from "../records/run-file.ts";

/** The functions' programs, and their description in `run.json`. */
export interface PreparedCode {
  /** What the local platform starts. */
  readonly programs: readonly FunctionProgram[];
  /** Commit and digests. */
  readonly code: MeasuredCode;
}

/** Bundles the functions whose bundle is missing or stale. Rejects with esbuild's errors. */
export async function prepareCode(): Promise<PreparedCode> {
  const bundles = await bundleFunctions();
  const programs = findPrograms(bundles.map(({ folder }) => folder));
  const recorded = programs.map(({ name, kind, sha256 }) => [name, { kind, sha256 }] as const);
  const code = { ...(await describeCheckout()), programs: Object.fromEntries(recorded) };
  return { programs, code };
}
