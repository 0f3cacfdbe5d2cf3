import { formatAgo, formatMs } from "#measure/format.ts";
import { formatTable, type TableRow } from "#measure/text-table.ts";
import { formatRestarts } from "./find-restarts.ts";
import type { ColdStart } from "./last-cold-start.ts";
import type { OtherRow, StatusRow, TrafficRow } from "./status-rows.ts";

const head = [
  "FUNCTION",
  "READY",
  "REVISION",
  "TAG",
  "SHARE",
  "REPLICAS",
  "LAST COLD START",
  "URL",
];

/**
 * The rows as a table with a head: a line for each traffic target, and indented lines for the reasons why
 * it, the newest revision or the function is not ready.
 */
export function formatStatusTable(rows: readonly StatusRow[], nowMs: number): string {
  const lines = rows.flatMap((row) => describeRow(row, nowMs));
  return formatTable([head, ...lines], "all").join("\n");
}

// A line is a list of cells, or a note as text.
function describeRow(row: StatusRow, nowMs: number): TableRow[] {
  const { name, url, lastColdStart, newest, traffic, ready, reason } = row;
  const targets: readonly (TrafficRow | undefined)[] = traffic.length > 0 ? traffic : [undefined];
  const lines = targets.flatMap((target, index): TableRow[] => {
    const isFirst = index === 0;
    const cells = [
      isFirst ? name : "",
      target?.ready ? "yes" : "no",
      target?.revision ?? "-",
      target?.tag ?? "-",
      target ? `${target.percent} %` : "-",
      String(target?.replicas ?? 0),
      isFirst ? formatColdStart(lastColdStart, nowMs) : "",
      isFirst ? (url ?? "-") : "",
    ];
    const { reason: problem, restarts } = target ?? {};
    return [
      cells,
      ...(problem ? [noteOf(problem)] : []),
      ...(restarts ? [noteOf(formatRestarts(restarts, nowMs))] : []),
    ];
  });
  if (newest !== null) {
    lines.push(noteOf(`newest revision ${newest.revision} gets no requests: ${newest.reason}`));
  }
  // The Service's reason repeats that of its revisions with less detail.
  const isReported = newest?.ready === false || traffic.some((target) => !target.ready);
  return ready || isReported ? lines : [...lines, noteOf(reason ?? "")];
}

function noteOf(text: string): string {
  return `  ${text}`;
}

function formatColdStart(coldStart: ColdStart | null, nowMs: number): string {
  if (coldStart === null) return "-";
  const { startedAtMs, bootMs } = coldStart;
  return `${formatAgo(startedAtMs, nowMs)}, boot ${formatMs(bootMs)}`;
}

/** The dependencies' rows as a table without a head. */
export function formatOthers(rows: readonly OtherRow[]): string {
  const cells = rows.map(({ name, ready, reason }) => [name, ready ? "ready" : (reason ?? "")]);
  return formatTable(cells, "all").join("\n");
}
