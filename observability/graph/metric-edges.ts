import { awaitedRpcs } from "../prometheus/selectors.ts";
import { reasonOf } from "../trace/source.ts";
import type { GraphEdge } from "./edges.ts";

/** Prometheus did not answer, or not what it was asked; the message is one sentence. */
export class PrometheusError extends Error {
  constructor(url: string, reason: string) {
    super(`Prometheus at ${url} cannot be asked: ${reason}`);
    this.name = "PrometheusError";
  }
}

const metric = "rpc_client_duration_seconds";

/** The metrics that `shop graph --prometheus` reads. */
export const metricsOfGraph: readonly string[] = [`${metric}_bucket`, `${metric}_count`];

// Every function answers PrewarmService, so its name does not tell whom a call went to.
const calls = 'rpc_service=~"hipstershop[.].+Service",rpc_service!="hipstershop.PrewarmService"';

/**
 * The edges of the last milliseconds by the metrics of the callers (`rpc_client_duration_seconds`): of
 * all requests, also those that the sampler left out. Calls that were given up (CANCELLED) are no errors. Quantiles are as exact as the histogram's buckets.
 * Rejects with PrometheusError.
 */
export async function readMetricEdges(url: string, lookbackMs: number): Promise<GraphEdge[]> {
  const window = `${Math.ceil(lookbackMs / 1000)}s`;
  const by = (extra: string) => `sum by (service, rpc_service${extra})`;
  const counted = (part: string, filter: string) => grown(`${metric}_${part}{${filter}}`, window);
  const quantile = (q: number) =>
    `histogram_quantile(${q}, ${by(", le")} (${counted("bucket", calls)}))`;
  const [counts, errors, p50, p99] = await Promise.all([
    query(url, `${by("")} (${counted("count", calls)}) > 0`),
    query(url, `${by("")} (${counted("count", `${calls},grpc_code!="OK",${awaitedRpcs}`)})`),
    query(url, quantile(0.5)),
    query(url, quantile(0.99)),
  ]);
  return [...counts]
    .map(([key, count]) => {
      const [from = "", to = ""] = key.split(" ");
      return {
        from,
        to,
        count,
        errorCount: errors.get(key) ?? 0,
        perSecond: (count * 1000) / lookbackMs,
        p50Ms: (p50.get(key) ?? 0) * 1000,
        p99Ms: (p99.get(key) ?? 0) * 1000,
      };
    })
    .toSorted((a, b) => (`${a.from} ${a.to}` < `${b.from} ${b.to}` ? -1 : 1));
}

// `increase` would leave out what a pod counted before its first scrape, which for a function that
// comes from zero may be all that it ever did. A pod's counters begin at 0 and it is not restarted.
function grown(series: string, window: string): string {
  const last = `max_over_time(${series}[${window}])`;
  return `${last} - (${series} offset ${window} or ${last} * 0)`;
}

interface QueryAnswer {
  readonly status: string;
  readonly error?: string;
  readonly data?: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string | undefined>>;
      readonly value: readonly [number, string];
    }[];
  };
}

// By `caller callee`.
async function query(url: string, promql: string): Promise<Map<string, number>> {
  const target = `${url.replace(/\/$/, "")}/api/v1/query?${new URLSearchParams({ query: promql })}`;
  let answer: QueryAnswer;
  try {
    const response = await fetch(target, { signal: AbortSignal.timeout(10_000) });
    answer = (await response.json()) as QueryAnswer;
  } catch (error) {
    throw new PrometheusError(url, reasonOf(error));
  }
  if (answer.status !== "success" || !answer.data) {
    throw new PrometheusError(url, answer.error ?? "it did not say why");
  }
  return new Map(
    answer.data.result.map(({ metric: { service = "", rpc_service = "" }, value }) => [
      `${service} ${rpc_service.split(".").at(-1)?.toLowerCase()}`,
      Number(value[1]),
    ]),
  );
}
