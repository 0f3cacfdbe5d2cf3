import type { TrafficTarget } from "#backends/kube-objects.ts";
import { formatTable } from "#measure/text-table.ts";

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
  const head = ["REVISION", "TAG", "SHARE", "READY", "URL OF THE TAG"];
  return formatTable([head, ...rows], "all").join("\n");
}
