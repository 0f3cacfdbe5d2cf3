import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parse } from "yaml";
import { writeScrapeConfigs } from "./generate.ts";
import { parseSelectors } from "./used-metrics.ts";

interface ScrapeJob {
  readonly job_name: string;
  readonly metric_relabel_configs: readonly {
    readonly source_labels: readonly string[];
    readonly regex: string;
    readonly action?: string;
  }[];
}

function readJobs(text: string): ScrapeJob[] {
  return (parse(text) as { scrape_configs: ScrapeJob[] }).scrape_configs;
}

function keptBy(job: ScrapeJob | undefined): (name: string) => boolean {
  const rule = job?.metric_relabel_configs.find(({ action }) => action === "keep");
  assert.deepEqual(rule?.source_labels, ["__name__"], job?.job_name);
  return (name) => new RegExp(`^(?:${rule?.regex})$`).test(name);
}

test("the configurations are what the code gives", () => {
  for (const [file, text] of Object.entries(writeScrapeConfigs())) {
    assert.equal(readFileSync(file, "utf8"), text, `${file}: run npm run generate`);
  }
});

test("the configurations differ only in how pods are found", () => {
  const [kubernetes = [], http = []] = Object.values(writeScrapeConfigs()).map((text) =>
    readJobs(text).map((job) => ({
      ...job,
      kubernetes_sd_configs: undefined,
      http_sd_configs: undefined,
    })),
  );
  assert.equal(kubernetes.length, 4);
  assert.deepEqual(kubernetes, http);
});

test("each job keeps the metrics that a query reads from it, and no others", () => {
  for (const text of Object.values(writeScrapeConfigs())) {
    const [functions, queueProxy, knative, prometheus] = readJobs(text).map(keptBy);
    assert.ok(functions?.("rpc_server_duration_seconds_bucket"));
    assert.ok(functions?.("process_start_time_seconds"), "a dashboard's variable reads it");
    assert.ok(functions?.("rpc_client_duration_seconds_count"), "shop graph reads it");
    assert.ok(!functions?.("nodejs_gc_duration_seconds_bucket"));
    // queue-proxy has a metric of the same name as the functions, with buckets that nothing reads.
    assert.ok(functions?.("http_server_request_duration_seconds_bucket"));
    assert.ok(!queueProxy?.("http_server_request_duration_seconds_bucket"));
    assert.ok(queueProxy?.("kn_serving_invocation_duration_seconds_count"));
    assert.ok(knative?.("kn_revision_pods_count"));
    assert.ok(!knative?.("go_goroutines"));
    assert.ok(prometheus?.("prometheus_tsdb_head_series"));
    assert.ok(!prometheus?.("prometheus_http_requests_total"));
  }
});

test("a selector's job matchers say from which jobs it reads", () => {
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

test("a query that is not PromQL, or reads every metric, is refused", () => {
  assert.throws(() => parseSelectors("sum(rate(a[5m])"), /not PromQL/);
  assert.throws(() => parseSelectors('{job="functions"}'), /names no metric/);
});
