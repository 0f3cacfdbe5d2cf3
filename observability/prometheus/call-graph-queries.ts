import { countOver } from "./count-over.ts";
import { awaitedRpcs } from "./selectors.ts";

/**
 * A query for each figure of an edge: how many calls there were, how many failed (those that the caller
 * cancelled did not), and quantiles of their durations, as exact as the histogram's buckets.
 */
export type CallGraphQueries = Readonly<
  Record<"count" | "errorCount" | "p50Seconds" | "p99Seconds", string>
>;

const metric = "rpc_client_duration_seconds";

// Every function implements PrewarmService, so its name does not identify the called function.
const calls = 'rpc_service=~"hipstershop[.].+Service",rpc_service!="hipstershop.PrewarmService"';

/**
 * The call graph in PromQL, by the metrics of the callers: all requests count, whether they were
 * sampled or not. Each query returns one sample for each pair of `service` and `rpc_service`.
 *
 * @param window a PromQL duration, such as `5m`
 */
export function callGraphQueries(window: string): CallGraphQueries {
  const sum = (selector: string, extra = "") =>
    `sum by (service, rpc_service${extra}) (${countOver(selector, window)})`;
  const quantile = (q: number) =>
    `histogram_quantile(${q}, ${sum(`${metric}_bucket{${calls}}`, ", le")})`;
  return {
    count: `${sum(`${metric}_count{${calls}}`)} > 0`,
    errorCount: sum(`${metric}_count{${calls},grpc_code!="OK",${awaitedRpcs}}`),
    p50Seconds: quantile(0.5),
    p99Seconds: quantile(0.99),
  };
}
