import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { fillScrapeConfig } from "./scrape-config.ts";
import { parseSelectors } from "./used-metrics.ts";

const configFile = join(import.meta.dirname, "..", "prometheus", "prometheus.yml");
const configText = readFileSync(configFile, "utf8");

interface ScrapeJob {
  readonly job_name: string;
  readonly metric_relabel_configs: readonly {
    readonly source_labels: readonly string[];
    readonly regex: string;
    readonly action?: string;
  }[];
}

interface ScrapeFile {
  readonly scrape_configs: readonly ScrapeJob[];
}

function keptBy(job: ScrapeJob | undefined): (name: string) => boolean {
  const rule = job?.metric_relabel_configs.find(({ action }) => action === "keep");
  assert.deepEqual(rule?.source_labels, ["__name__"], job?.job_name);
  return (name) => new RegExp(`^(?:${rule?.regex})$`).test(name);
}

test("each job keeps the metrics that a query reads from it, and no others", () => {
  const { scrape_configs: jobs } = parse(fillScrapeConfig(configText)) as ScrapeFile;
  const [functions, queueProxy, knative, prometheus] = jobs.map(keptBy);
  assert.ok(functions?.("rpc_server_duration_seconds_bucket"));
  assert.ok(functions?.("process_start_time_seconds"), "a dashboard's variable reads it");
  assert.ok(functions?.("rpc_client_duration_seconds_count"), "shop graph reads it");
  assert.ok(!functions?.("nodejs_gc_duration_seconds_bucket"));
  // queue-proxy has a metric of the same name as the functions, with buckets that no query reads.
  assert.ok(functions?.("http_server_request_duration_seconds_bucket"));
  assert.ok(!queueProxy?.("http_server_request_duration_seconds_bucket"));
  assert.ok(queueProxy?.("kn_serving_invocation_duration_seconds_count"));
  assert.ok(knative?.("kn_revision_pods_count"));
  assert.ok(!knative?.("go_goroutines"));
  assert.ok(prometheus?.("prometheus_tsdb_head_series"));
  assert.ok(!prometheus?.("prometheus_http_requests_total"));
});

test("a scrape job without a rule that keeps metrics by name is an error", () => {
  assert.throws(() => fillScrapeConfig("scrape_configs: [{ job_name: a }]"), /scrape job a has no/);
});

test("a selector reads from the jobs that its job matchers match", () => {
  const jobsOf = (promql: string) =>
    parseSelectors(promql).map(({ name, takesJob }) => [
      name,
      ["activator", "functions", "queue-proxy"].filter(takesJob),
    ]);
  assert.deepEqual(jobsOf('rate(a_total{job="functions"}[5m]) / on (job) sum(b{x="job"})'), [
    ["a_total", ["functions"]],
    ["b", ["activator", "functions", "queue-proxy"]],
  ]);
  assert.deepEqual(jobsOf('up{job=~"activator|autoscaler",x!="y"} or c{job!="functions"}'), [
    ["up", ["activator"]],
    ["c", ["activator", "queue-proxy"]],
  ]);
});

test("rejects a query that is not PromQL or reads every metric", () => {
  assert.throws(() => parseSelectors("sum(rate(a[5m])"), /not PromQL/);
  assert.throws(() => parseSelectors('{job="functions"}'), /has no metric name/);
});
