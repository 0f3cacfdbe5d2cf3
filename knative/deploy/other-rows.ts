import type { KubeObject } from "#backends/kube-objects.ts";
import { formatTable } from "#measure/text-table.ts";
import { readState } from "./workload-state.ts";

/** What a function stands on, as a line of `shop status`. */
export interface OtherRow {
  /** Such as `StatefulSet redis`. */
  readonly name: string;
  readonly ready: boolean;
  /** Why it is not ready; null when it is. */
  readonly reason: string | null;
}

/** Reads the rows of Deployments, StatefulSets, Brokers and Triggers. */
export function createOtherRows(objects: readonly KubeObject[]): OtherRow[] {
  return objects.map((object) => {
    const { phase, reason, message } = readState(object);
    const ready = phase === "ready";
    const said = message === "" ? reason : `${reason}: ${message}`;
    return {
      name: `${object.kind} ${object.metadata.name}`,
      ready,
      reason: ready ? null : said,
    };
  });
}

/** One line for each. */
export function formatOthers(rows: readonly OtherRow[]): string {
  const cells = rows.map(({ name, ready, reason }) => [name, ready ? "ready" : (reason ?? "")]);
  return formatTable(cells, "all").join("\n");
}
