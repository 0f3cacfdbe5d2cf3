import { formatBytes, formatMs } from "#measure/format.ts";
import { formatTable } from "#measure/text-table.ts";
import type { PlatformResult } from "./measure-platform.ts";
import type { Memory } from "./process-usage.ts";

/** Target of the platform's memory while all functions are at zero. */
const targetPssBytes = 130e6;

/** The local platform's start time and memory as text, with the target. */
export function formatPlatform({ start, atZero, afterUse, pageCount }: PlatformResult): string[] {
  const { p50Ms, p90Ms, samplesMs } = start;
  const row = (name: string, { rssBytes, pssBytes }: Memory) => [
    name,
    formatBytes(rssBytes.median),
    pssBytes ? formatBytes(pssBytes.median) : "-",
  ];
  const times = `p50 ${formatMs(p50Ms)}, p90 ${formatMs(p90Ms)}, n=${samplesMs.length}`;
  return [
    "The local platform as npm start runs it, all functions at zero",
    `spawn until all ports are open, nothing to bundle: ${times}`,
    ...formatTable([
      ["with its children", "RSS", "PSS"],
      row("before any call", atZero),
      row(`after ${pageCount} pages`, afterUse),
    ]),
    `target: at most ${formatBytes(targetPssBytes)} PSS`,
  ];
}
