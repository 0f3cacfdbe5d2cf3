import type { TrafficTarget } from "../deploy/objects.ts";

/**
 * The split as a table. `readiness` says of each revision whether it is ready, and if not, why; one that
 * it does not know is gone.
 */
export function formatTraffic(
  traffic: readonly TrafficTarget[],
  readiness: ReadonlyMap<string, string>,
): string {
  const rows = traffic.map(({ revisionName = "-", tag = "-", percent = 0, url = "-" }) => [
    revisionName,
    tag,
    `${percent} %`,
    readiness.get(revisionName) ?? "gone",
    url,
  ]);
  const table = [["REVISION", "TAG", "SHARE", "READY", "URL OF THE TAG"], ...rows];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  const pad = (cell: string, column: number) => cell.padEnd(widths[column] ?? 0);
  return table.map((row) => row.map(pad).join("  ").trimEnd()).join("\n");
}
