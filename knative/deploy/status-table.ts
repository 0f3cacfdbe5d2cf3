import type { ColdStart } from "./last-cold-start.ts";
import type { KubeObject } from "./objects.ts";
import { readServiceState } from "./service-state.ts";

/** One function's line of `shop status`, and its object in `--json`. */
export interface StatusRow {
  readonly name: string;
  readonly ready: boolean;
  /** The latest revision that was created. */
  readonly revision: string | null;
  /** Pods of that revision that are ready; 0 when it is scaled to zero. */
  readonly replicas: number;
  readonly url: string | null;
  /** The last one that a request has met; null where none is known. */
  readonly lastColdStart: ColdStart | null;
  /** Why it is not ready, in Knative's words; null when it is. */
  readonly reason: string | null;
}

/** Puts the Services and the Deployments of their revisions together, by name. */
export function createStatusRows(
  services: readonly KubeObject[],
  deployments: readonly KubeObject[],
  coldStarts: ReadonlyMap<string, ColdStart> = new Map(),
): StatusRow[] {
  const rows = services.map((service) => {
    const state = readServiceState(service);
    const deployment = deployments.find(
      ({ metadata }) => metadata.labels?.["serving.knative.dev/revision"] === state.revision,
    );
    const isReady = state.phase === "ready";
    const said = state.message === "" ? state.reason : `${state.reason}: ${state.message}`;
    return {
      name: state.name,
      ready: isReady,
      revision: state.revision ?? null,
      replicas: deployment?.status?.readyReplicas ?? 0,
      url: state.url ?? null,
      lastColdStart: coldStarts.get(state.name) ?? null,
      reason: isReady ? null : said,
    };
  });
  return rows.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The rows as a table with a head; a reason stands indented under its row. */
export function formatStatusTable(rows: readonly StatusRow[], nowMs: number): string {
  const head = ["FUNCTION", "READY", "REVISION", "REPLICAS", "LAST COLD START", "URL"];
  const cells = rows.map((row) => [
    row.name,
    row.ready ? "yes" : "no",
    row.revision ?? "-",
    String(row.replicas),
    formatColdStart(row.lastColdStart, nowMs),
    row.url ?? "-",
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...cells.map((line) => line[column]?.length ?? 0)),
  );
  const format = (line: readonly string[]) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  const lines = cells.flatMap((line, index) => {
    const reason = rows[index]?.reason ?? null;
    return reason === null ? [format(line)] : [format(line), `  ${reason.replace(/\s+/g, " ")}`];
  });
  return [format(head), ...lines].join("\n");
}

function formatColdStart(coldStart: ColdStart | null, nowMs: number): string {
  if (coldStart === null) return "-";
  const seconds = Math.max(0, Math.round((nowMs - coldStart.startedAtMs) / 1000));
  const age = seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
  return `${age} ago, boot ${Math.round(coldStart.bootMs)} ms`;
}
