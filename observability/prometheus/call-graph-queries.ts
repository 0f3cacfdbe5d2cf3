import { awaitedRpcs, quantileOver, sumOver } from "./promql.ts";

const metric = "rpc_client_duration_seconds";
const ends = "service, rpc_service";

// Every function implements PrewarmService, so its name does not identify the called function.
const calls = 'rpc_service=~"hipstershop[.].+Service",rpc_service!="hipstershop.PrewarmService"';

/**
 * The call graph in PromQL, by the metrics of the callers: all requests count, whether they were
 * sampled or not, and calls that the caller cancelled do not count as failed. Quantiles are as exact as
 * the histogram's buckets. Each query returns one sample for each pair of `service` and `rpc_service`.
 *
 * @param window a PromQL duration, such as `5m`
 */
export function callGraphQueries(window: string) {
  const failed = `${calls},grpc_code!="OK",${awaitedRpcs}`;
  const quantile = (q: number) => quantileOver(q, `${metric}_bucket{${calls}}`, ends, window);
  return {
    count: `${sumOver(`${metric}_count{${calls}}`, window, ends)} > 0`,
    errorCount: sumOver(`${metric}_count{${failed}}`, window, ends),
    p50Seconds: quantile(0.5),
    p99Seconds: quantile(0.99),
  };
}
