import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { countOver } from "#observability/prometheus/promql.ts";
import { findFreePort } from "#runtime/find-free-port.ts";
import { histogram } from "#runtime/metrics.ts";
import { openMetricsServer } from "#runtime/metrics-server.ts";
import { poll } from "./fixtures/poll.ts";

const hasPrometheus = spawnSync("prometheus", ["--version"]).status === 0;
const isRequired = process.env.REQUIRE_PROMTOOL === "1";
const skip = hasPrometheus || isRequired ? false : "prometheus is not on the PATH";

const traceId = "0af7651916cd43dd8448eb211c80319c";

test("Prometheus scrapes a function's metrics, and an exemplar of a slow value names its trace", {
  skip,
}, async (t) => {
  const duration = histogram({ name: "test_exemplar_seconds", help: "A test.", labels: ["route"] });
  const span = { traceId, spanId: "b7ad6b7169203331", traceFlags: 1 };
  duration.observe({ route: "/" }, 0.3, span);
  duration.observe({ route: "/" }, 0.01, span);
  const metrics = await openMetricsServer({ host: "127.0.0.1", port: 0 });
  t.after(() => metrics.close());
  const api = await startPrometheus(t, metrics.port);

  // Counted although both values were recorded before the first scrape.
  const counted = countOver('test_exemplar_seconds_count{job="functions"}', "5m");
  await poll(
    async () => {
      const [first] = await ask<{ result: { value: [number, string] }[] }>(
        `${api}/query?${new URLSearchParams({ query: counted })}`,
      ).then(({ result }) => result);
      return first?.value[1] === "2" ? true : undefined;
    },
    () => `no data for ${counted}`,
    20_000,
  );
  // The request that Grafana sends for a panel's query.
  const buckets = countOver('test_exemplar_seconds_bucket{job="functions"}', "5m");
  const query = `histogram_quantile(0.99, sum by (le) (${buckets}))`;
  const now = Date.now() / 1000;
  const range = { query, start: String(now - 600), end: String(now + 60) };
  const found = await ask<{ exemplars: { labels: object; value: string }[] }[]>(
    `${api}/query_exemplars?${new URLSearchParams(range)}`,
  );
  const exemplars = found.flatMap(({ exemplars }) => exemplars);
  assert.deepEqual(
    exemplars.map(({ labels, value }) => ({ labels, value })),
    [{ labels: { trace_id: traceId, span_id: span.spanId }, value: "0.3" }],
  );
});

async function ask<T>(url: string): Promise<T> {
  const { status, data, error } = (await (await fetch(url)).json()) as {
    status: string;
    data: T;
    error?: string;
  };
  assert.equal(status, "success", error);
  return data;
}

async function startPrometheus(t: TestContext, target: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "shop-test-prometheus-"));
  const config = join(folder, "prometheus.yml");
  const job = { job_name: "functions", static_configs: [{ targets: [`127.0.0.1:${target}`] }] };
  // JSON is YAML.
  const scraping = { global: { scrape_interval: "1s" }, scrape_configs: [job] };
  writeFileSync(config, JSON.stringify(scraping));
  const address = `127.0.0.1:${await findFreePort()}`;
  const child = spawn(
    "prometheus",
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=${address}`,
      "--enable-feature=exemplar-storage",
      "--log.level=error",
    ],
    { stdio: "inherit" },
  );
  const ended = new Promise((resolve) => child.once("exit", resolve));
  t.after(async () => {
    child.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
  await poll(
    async () => {
      const response = await fetch(`http://${address}/-/ready`).catch(() => undefined);
      return response?.ok ? true : undefined;
    },
    () => "Prometheus is not ready",
    20_000,
  );
  return `http://${address}/api/v1`;
}
