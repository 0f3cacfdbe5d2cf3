import { formatTable } from "#measure/text-table.ts";
import type { Memory, PlatformResult } from "./result.ts";

/** What the platform is meant to hold at most while all functions are at zero: 130 MB. */
const targetPssBytes = 130e6;

/** The local platform's start and memory as text, with the target. */
export function formatPlatform({ start, atZero, afterUse, pageCount }: PlatformResult): string[] {
  const { p50Ms, p90Ms, samplesMs } = start;
  const mb = (bytes: number) => (bytes / 1e6).toFixed(1);
  const row = (name: string, { rssBytes, pssBytes }: Memory) => [
    name,
    mb(rssBytes.median),
    pssBytes ? mb(pssBytes.median) : "-",
  ];
  const times = `p50 ${p50Ms.toFixed(0)} ms, p90 ${p90Ms.toFixed(0)} ms, n=${samplesMs.length}`;
  return [
    "The local platform as npm start runs it, all functions at zero",
    `spawn until all ports are open, nothing to bundle: ${times}`,
    ...formatTable([
      ["with its children", "RSS MB", "PSS MB"],
      row("before any call", atZero),
      row(`after ${pageCount} pages`, afterUse),
    ]),
    `target: at most ${mb(targetPssBytes)} MB PSS`,
  ];
}
