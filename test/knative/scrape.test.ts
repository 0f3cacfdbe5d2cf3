import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { queryPrometheus } from "#backends/prometheus.ts";
import { listUsedMetrics } from "#observability/scrape/used-metrics.ts";
import { parseDurationMs } from "#runtime/environment.ts";
import { poll } from "../fixtures/poll.ts";
import {
  cluster,
  GatewayVisitor,
  listFunctionPods,
  skip,
  waitForZero,
} from "./fixtures/cluster.ts";

// Two minutes fit in a test run; ten minutes were verified by hand.
const proofMs = parseDurationMs(process.env.SCRAPE_PROOF ?? "2m") ?? 120_000;

interface Target {
  readonly labels: Record<string, string>;
  readonly health: string;
  readonly lastError: string;
}

async function readTargets(): Promise<Target[]> {
  const response = await fetch(`${cluster.prometheusUrl}/api/v1/targets?state=active`);
  const { data } = (await response.json()) as { data: { activeTargets: Target[] } };
  return data.activeTargets;
}

const ofFunctions = ({ labels }: Target) =>
  labels.job === "functions" || labels.job === "queue-proxy";

test("a scrape starts no function, keeps none running, and covers those that run", {
  skip,
}, async () => {
  await waitForZero();
  // The last pods' targets are removed when Prometheus refreshes its list of pods.
  await poll(
    async () => ((await readTargets()).some(ofFunctions) ? undefined : true),
    () => "functions at zero are still targets",
    30_000,
  );
  const scrapes = () =>
    queryPrometheus(cluster.prometheusUrl, "sum(prometheus_tsdb_head_samples_appended_total)");
  const [before] = await scrapes();
  const endMs = performance.now() + proofMs;
  while (performance.now() < endMs) {
    const pods = await listFunctionPods();
    assert.deepEqual(
      pods.map(({ metadata }) => metadata.name),
      [],
      "a pod of a function has started",
    );
    const targets = await readTargets();
    const down = targets.filter(({ health }) => health === "down");
    assert.deepEqual(down, [], "a target is down while the shop is at zero");
    assert.deepEqual(targets.filter(ofFunctions), [], "a function at zero is a target");
    await delay(1000);
  }
  // Prometheus has stored samples during that time.
  const [after] = await scrapes();
  assert.ok((after?.value ?? 0) > (before?.value ?? 0), "Prometheus has stored no samples");

  assert.equal((await new GatewayVisitor().get("/")).status, 200);
  await poll(
    async () => {
      const up = (await readTargets()).filter(({ health }) => health === "up").filter(ofFunctions);
      return up.length >= 8 ? true : undefined;
    },
    () => "the targets of the functions that a page needs are not up",
    60_000,
  );
  for (const query of [
    'rpc_server_duration_seconds_count{job="functions",service="productcatalogservice"}',
    'http_server_request_duration_seconds_count{job="functions",service="frontend"}',
    'kn_serving_invocation_duration_seconds_count{job="queue-proxy",service="frontend"}',
    // A function has the same name and label in all jobs.
    'kn_revision_pods_count{job="autoscaler",service="frontend",revision=~"frontend-.+",namespace!=""}',
    'sum by (service, revision, pod, namespace) (up{job="functions",service="frontend",revision=~"frontend-.+",pod=~"frontend-.+",namespace!=""})',
    'up{job="activator"} == 1',
    'up{job="autoscaler"} == 1',
    'up{job="controller"} == 1',
  ]) {
    await poll(
      async () =>
        (await queryPrometheus(cluster.prometheusUrl, query)).length > 0 ? true : undefined,
      () => `no data for ${query}`,
      60_000,
    );
  }
  // `up` and `scrape_...` are Prometheus' own, for each target.
  const used = new Set(listUsedMetrics().map(({ name }) => name));
  const stored = await queryPrometheus(
    cluster.prometheusUrl,
    'count by (__name__) ({job!="",__name__!~"up|scrape_.+|.+:.+"})',
  );
  assert.ok(stored.length >= 20, `${stored.length} metrics are stored`);
  assert.deepEqual(
    stored.flatMap(({ labels: { __name__: name = "" } }) => (used.has(name) ? [] : name)),
    [],
    "stored metrics that no query reads",
  );
  // Scrapes continue, and the functions still scale to zero.
  await waitForZero();
});
