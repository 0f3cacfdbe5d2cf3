import type { ColdStartRecord } from "./function-snapshot.ts";

/** The record of a start that is complete now; `firstByteMs` is on the clock of `performance.now()`. */
export function startRecord(
  name: string,
  cause: ColdStartRecord["cause"],
  firstByteMs: number,
  boot: ColdStartRecord["phases"] = {},
): ColdStartRecord {
  const totalMs = performance.now() - firstByteMs;
  return {
    function: name,
    cause,
    atMs: Math.round(Date.now() - totalMs),
    phases: { ...boot },
    totalMs,
  };
}
