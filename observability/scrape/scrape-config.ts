import { isMap, isSeq, parseDocument, type YAMLMap } from "yaml";
import { listUsedMetrics } from "./used-metrics.ts";

// A scrape job whose targets get their job names by a label.
const jobsOf: Readonly<Record<string, readonly string[]>> = {
  "knative-serving": ["activator", "autoscaler", "controller"],
};

/**
 * Prometheus' configuration with the metrics that each scrape job stores: those that a query reads from
 * it. The remaining text, comments included, stays as it is.
 *
 * @throws Error if a scrape job has no rule that keeps metrics by `__name__`
 */
export function fillScrapeConfig(text: string): string {
  const document = parseDocument(text);
  for (const job of mapsIn(document.get("scrape_configs"))) {
    const name = String(job.get("job_name"));
    const rules = mapsIn(job.get("metric_relabel_configs"));
    const rule = rules.find((each) => each.getIn(["source_labels", 0]) === "__name__");
    if (!rule) throw new Error(`scrape job ${name} has no rule for __name__: add one, action keep`);
    rule.set("regex", metricsOf(jobsOf[name] ?? [name]).join("|"));
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

/** The metrics that queries read from any of some jobs. Prometheus always stores its own `up`. */
function metricsOf(jobs: readonly string[]): string[] {
  const names = listUsedMetrics()
    .filter(({ name, takesJob }) => name !== "up" && !name.includes(":") && jobs.some(takesJob))
    .map(({ name }) => name);
  return [...new Set(names)].toSorted();
}

function mapsIn(node: unknown): YAMLMap[] {
  return isSeq(node) ? node.items.filter((item) => isMap(item)) : [];
}
