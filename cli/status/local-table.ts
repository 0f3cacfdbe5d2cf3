import type { LocalFunction } from "#backends/local-platform.ts";
import { formatAgo } from "#measure/format.ts";
import { formatTable, type TableRow } from "#measure/text-table.ts";

const head = ["FUNCTION", "STATE", "PID", "IN FLIGHT", "STARTS", "LAST CRASH", "ADDRESS"];

/** Whether a call of the function would be answered: its last process has not failed. */
export function isAvailable({ state }: LocalFunction): boolean {
  return state !== "crashed";
}

/**
 * The functions of a local platform as a table with a head. The reason of a function's last crash follows
 * its line: the whole message if the function is down, otherwise the first line.
 */
export function formatLocalTable(functions: readonly LocalFunction[], nowMs: number): string {
  const rows = functions.flatMap((each): TableRow[] => [
    [
      each.name,
      each.state,
      each.pid === null ? "-" : String(each.pid),
      String(each.inFlight),
      String(each.starts),
      each.lastCrash ? formatAgo(each.lastCrash.atMs, nowMs) : "-",
      each.address,
    ],
    ...describeCrash(each),
  ]);
  return formatTable([head, ...rows], "all").join("\n");
}

function describeCrash(each: LocalFunction): string[] {
  if (each.lastCrash === null) return [];
  const lines = each.lastCrash.message.split("\n").filter((line) => line.trim() !== "");
  return (isAvailable(each) ? lines.slice(0, 1) : lines).map((line) => `  ${line}`);
}
