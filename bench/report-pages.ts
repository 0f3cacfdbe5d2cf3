import { formatTable } from "#measure/text-table.ts";
import type { PagesResult } from "./measure-pages.ts";
import { formatRatio } from "./report-ratio.ts";

const targetXEcho = 10;

/** The pages through the local platform as a table, with the target. */
export function formatPages({ concurrency, echoP50Ms, pages }: PagesResult): string[] {
  const rows = pages.map(({ page, perSecond, p50Ms, p99Ms, oneUserP50Ms, oneUserP50XEcho }) => [
    page,
    perSecond.median.toFixed(0),
    p50Ms.median.toFixed(1),
    p99Ms.median.toFixed(1),
    oneUserP50Ms.median.toFixed(2),
    formatRatio(oneUserP50XEcho),
  ]);
  return [
    `Pages through the local platform, warm; ${concurrency} users, and one`,
    ...formatTable([
      ["", "pages/s", "p50 ms", "p99 ms", "one user p50 ms", "x echo RPC"],
      ["echo RPC", "", "", "", echoP50Ms.median.toFixed(2), ""],
      ...rows,
    ]),
    `target: home at most ${targetXEcho.toFixed(1)}x one RPC to the echo server`,
  ];
}
