/** Label matcher of RPCs that ended with an error of the server (OpenTelemetry's table of gRPC codes). */
export const failedRpcs = 'grpc_code=~"UNKNOWN|DEADLINE_EXCEEDED|INTERNAL|UNAVAILABLE|DATA_LOSS"';

/**
 * Label matcher of RPCs whose caller waited for the result. An RPC that its caller cancelled is neither a
 * success nor a failure of the server, and its duration is how long the caller waited.
 */
export const awaitedRpcs = 'grpc_code!="CANCELLED"';

/** As `awaitedRpcs`, of HTTP requests. */
export const awaitedRequests = 'http_response_status_code!="499"';

/**
 * PromQL for how often something happened in a window, by series. rate() and increase() count only from a
 * counter's first scrape: they miss the counts of a function's pod before that scrape, and a pod that
 * starts for one request has no later counts. This counts from 0 if a series was missing when the window
 * started. The minute before the window bridges a failed scrape; a container that restarted in its pod
 * counts from its highest value.
 *
 * @param selector the counter's name with its labels in braces
 * @param window a duration of PromQL, such as `5m`
 */
export function countOver(selector: string, window: string): string {
  const counted = `max_over_time(${selector}[${window}])`;
  const before = `last_over_time(${selector}[1m] offset ${window})`;
  return `clamp_min(${counted} - (${before} or ${counted} * 0), 0)`;
}

/**
 * The sum of `countOver`.
 *
 * @param labels the labels that are kept, separated by commas; none if it is empty
 */
export function sumOver(selector: string, window: string, labels = ""): string {
  const by = labels === "" ? "sum" : `sum by (${labels}) `;
  return `${by}(${countOver(selector, window)})`;
}

/** Events per second over five minutes, by `labels` as in `sumOver`. */
export function perSecond(selector: string, labels = ""): string {
  return `${sumOver(selector, "5m", labels)} / 300`;
}

/**
 * A quantile of the durations of a histogram.
 *
 * @param q from 0 to 1
 * @param buckets the selector of the histogram's `_bucket` series
 * @param labels the labels that are kept, separated by commas; none if it is empty
 */
export function quantileOver(q: number, buckets: string, labels = "", window = "5m"): string {
  const kept = labels === "" ? "le" : `${labels}, le`;
  return `histogram_quantile(${q}, ${sumOver(buckets, window, kept)})`;
}
