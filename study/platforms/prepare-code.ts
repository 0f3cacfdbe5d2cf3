import {
  bundleFunctions,
  type FunctionProgram,
  findPrograms,
} from "../../bundle/bundle-functions.ts";
import { describeCheckout } from "../../bundle/describe-checkout.ts";
import type { MeasuredCode } from "../records/run-file.ts";

/** The functions' programs, and how a run records them. */
export interface PreparedCode {
  readonly programs: readonly FunctionProgram[];
  readonly code: MeasuredCode;
}

/** Bundles the functions whose bundle is missing or not up to date. Rejects with esbuild's errors. */
export async function prepareCode(): Promise<PreparedCode> {
  const bundles = await bundleFunctions();
  const programs = findPrograms(bundles.map(({ folder }) => folder));
  const recorded = programs.map(({ name, kind, sha256 }) => [name, { kind, sha256 }] as const);
  const code = { ...(await describeCheckout()), programs: Object.fromEntries(recorded) };
  return { programs, code };
}
