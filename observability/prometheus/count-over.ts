/**
 * PromQL for how often something happened in a window, by series. rate() and increase() see a counter
 * only from its first scrape on: of a function's pod they miss what was counted before it, and a pod
 * that starts for one request has counted everything by then. This counts from 0 where a series was
 * not there when the window began. The minute before that bridges a scrape that failed; a container
 * that started again in its pod counts from its highest value.
 *
 * @param selector the counter's name with its labels in braces
 * @param window a duration of PromQL, such as `5m`
 */
export function countOver(selector: string, window: string): string {
  const counted = `max_over_time(${selector}[${window}])`;
  const before = `last_over_time(${selector}[1m] offset ${window})`;
  return `clamp_min(${counted} - (${before} or ${counted} * 0), 0)`;
}
