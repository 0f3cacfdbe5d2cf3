import { queryPrometheus } from "#backends/prometheus.ts";
import { callGraphQueries } from "#observability/prometheus/call-graph-queries.ts";
import type { Edge } from "#traces/edges.ts";

/** An edge of the call graph with its rate. */
export interface GraphEdge extends Edge {
  /** Calls per second over the time that was covered. */
  readonly perSecond: number;
}

/** Adds the rate of each edge over the milliseconds in which its calls were counted. */
export function withRates(edges: readonly Edge[], coveredMs: number): GraphEdge[] {
  return edges.map((edge) => ({ ...edge, perSecond: (edge.count * 1000) / coveredMs }));
}

/**
 * The edges of the last milliseconds by the metrics of the callers, as `callGraphQueries` counts them.
 * Rejects with BackendError.
 */
export async function readMetricEdges(url: string, lookbackMs: number): Promise<GraphEdge[]> {
  const queries = callGraphQueries(`${Math.ceil(lookbackMs / 1000)}s`);
  const [counts, errors, p50, p99] = await Promise.all(
    [queries.count, queries.errorCount, queries.p50Seconds, queries.p99Seconds].map((query) =>
      readByEdge(url, query),
    ),
  );
  const edges = [...(counts ?? [])].map(([key, count]) => {
    const [from = "", to = ""] = key.split(" ");
    return {
      from,
      to,
      count,
      errorCount: errors?.get(key) ?? 0,
      p50Ms: (p50?.get(key) ?? 0) * 1000,
      p99Ms: (p99?.get(key) ?? 0) * 1000,
    };
  });
  const sorted = edges.toSorted((a, b) => (`${a.from} ${a.to}` < `${b.from} ${b.to}` ? -1 : 1));
  return withRates(sorted, lookbackMs);
}

// By `caller called-function`: the RPC service is named as the function is, apart from letter case.
async function readByEdge(url: string, promql: string): Promise<Map<string, number>> {
  const samples = await queryPrometheus(url, promql);
  return new Map(
    samples.map(({ labels: { service = "", rpc_service = "" }, value }) => [
      `${service} ${rpc_service.split(".").at(-1)?.toLowerCase()}`,
      value,
    ]),
  );
}
