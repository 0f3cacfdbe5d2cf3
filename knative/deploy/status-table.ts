import type { ColdStart } from "./last-cold-start.ts";
import type { StatusRow, TrafficRow } from "./status-rows.ts";

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
 * The rows as a table with a head: a line for each traffic target, and an indented one for what is
 * wrong with it, with the newest revision or with the function.
 */
export function formatStatusTable(rows: readonly StatusRow[], nowMs: number): string {
  const lines = rows.flatMap((row) => describeRow(row, nowMs));
  const table = [head, ...lines].filter((line) => typeof line !== "string");
  const widths = head.map((_, column) =>
    Math.max(...table.map((cells) => cells[column]?.length ?? 0)),
  );
  const format = (line: readonly string[] | string) =>
    typeof line === "string"
      ? `  ${line}`
      : line
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd();
  return [head, ...lines].map(format).join("\n");
}

// The cells of a line, or a note below them.
function describeRow(row: StatusRow, nowMs: number): (string[] | string)[] {
  const { name, url, lastColdStart, newest, traffic, ready, reason } = row;
  const targets: readonly (TrafficRow | undefined)[] = traffic.length > 0 ? traffic : [undefined];
  const lines = targets.flatMap((target, index) => {
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
    return target?.reason ? [cells, target.reason] : [cells];
  });
  if (newest !== null) {
    lines.push(`newest revision ${newest.revision} gets no requests: ${newest.reason}`);
  }
  // The Service repeats less exactly what its revisions say.
  const isSaid = newest?.ready === false || traffic.some((target) => !target.ready);
  return ready || isSaid ? lines : [...lines, reason ?? ""];
}

function formatColdStart(coldStart: ColdStart | null, nowMs: number): string {
  if (coldStart === null) return "-";
  const seconds = Math.max(0, Math.round((nowMs - coldStart.startedAtMs) / 1000));
  const age = seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
  return `${age} ago, boot ${Math.round(coldStart.bootMs)} ms`;
}
