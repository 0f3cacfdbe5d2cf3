import assert from "node:assert/strict";
import { test } from "node:test";
import { queryPrometheus } from "#backends/prometheus.ts";
import { dashboardPanels } from "#observability/grafana/dashboards.ts";
import { poll } from "../fixtures/poll.ts";
import { cluster, GatewayVisitor, skip, waitForZero } from "./fixtures/cluster.ts";

// A shop without failures has no such series: these panels show 0 if the series is missing.
const mayBeEmpty: Readonly<Record<string, string>> = {
  "Shop: Failed pages": "no page fails",
  "Shop: Failed mails": "no mail fails",
  "Shop: Rejected requests per second": "no function is overloaded",
  "Shop: Open circuit breakers": "every method answers",
  "Shop: Lost spans": "Jaeger accepts all spans",
  "Function: Failed RPCs per second": "no RPC fails",
  "Function: Failed calls per second": "no call fails",
  "Scale to zero: Warm-up requests": "PREWARM is off in the manifests",
  "Platform: Failed commands": "Redis is reachable",
};

const mayRecordNothing = [
  "method:rpc_client_circuit_breaker_open:max",
  "service:otel_spans_lost:count5m",
];

// A function that serves RPCs and calls others.
const service = "checkoutservice";

// checkoutservice keeps no responses.
const services: Readonly<Record<string, string>> = {
  "Function: Kept responses per second": "frontend",
};

async function buy(): Promise<void> {
  const visitor = new GatewayVisitor();
  for (const path of ["/", "/product/6E92ZMYYFZ"]) {
    assert.equal((await visitor.get(path)).status, 200);
  }
  await visitor.post("/cart", { product_id: "6E92ZMYYFZ", quantity: "1" });
  assert.equal((await visitor.get("/cart")).status, 200);
  assert.equal((await visitor.order()).status, 200);
}

interface Rule {
  readonly name: string;
  readonly type: "recording" | "alerting";
  readonly health: string;
  readonly lastError?: string;
}

async function listRules(): Promise<Rule[]> {
  const { data } = (await (await fetch(`${cluster.prometheusUrl}/api/v1/rules`)).json()) as {
    data: { groups: { rules: Rule[] }[] };
  };
  return data.groups.flatMap(({ rules }) => rules);
}

async function evaluate(
  legend: string,
  expr: string,
  panel: string,
): Promise<{ values: number[]; missing: string[] }> {
  const filled = expr
    .replaceAll(" or vector(0)", "")
    .replaceAll("$service", services[panel] ?? service)
    .replaceAll("$namespace", cluster.namespace)
    .replaceAll("$__interval", "1m");
  const results = (await queryPrometheus(cluster.prometheusUrl, filled)).filter(
    ({ value }) => !Number.isNaN(value),
  );
  const labels = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = ""]) => label);
  return {
    values: results.map(({ value }) => Number(value.toPrecision(3))),
    missing: labels.filter((label) => !results.some(({ labels }) => labels[label])),
  };
}

// The trace id of an exemplar, which a latency panel shows as a dot.
async function findExemplar(startMs: number): Promise<string | undefined> {
  const query = new URLSearchParams({
    query: "http_server_request_duration_seconds_bucket",
    start: String(startMs / 1000),
    end: String(Date.now() / 1000),
  });
  const answer = await fetch(`${cluster.prometheusUrl}/api/v1/query_exemplars?${query}`);
  const { data } = (await answer.json()) as {
    data: { exemplars: { labels: { trace_id: string } }[] }[];
  };
  return data.flatMap(({ exemplars }) => exemplars).at(0)?.labels.trace_id;
}

test("a slow page has an exemplar, whose trace is in Jaeger", { skip }, async () => {
  await waitForZero();
  const startMs = Date.now();
  await buy();
  const traceId = await poll(
    () => findExemplar(startMs),
    () => "the cold start of the storefront has no exemplar",
    60_000,
  );
  await poll(
    async () => (await fetch(`${cluster.jaegerUrl}/api/traces/${traceId}`)).ok || undefined,
    () => `trace ${traceId} is not in Jaeger`,
    30_000,
  );
});

test("every panel and every rule returns data on a shop with traffic", { skip }, async (t) => {
  // Three minutes, in which functions scale to zero and start again.
  const endMs = performance.now() + 180_000;
  while (performance.now() < endMs) {
    await buy();
    await buy();
    if (performance.now() < endMs - 100_000) await waitForZero();
  }
  const values: string[] = [];
  const wrong: string[] = [];
  for (const { dashboard, title, queries } of dashboardPanels) {
    const name = `${dashboard}: ${title}`;
    for (const [legend, promql] of Object.entries(queries)) {
      const { values: shown, missing } = await evaluate(legend, promql, name);
      values.push(`${name}: ${shown.slice(0, 6).join(", ") || mayBeEmpty[name]}`);
      if (shown.length === 0 && name in mayBeEmpty) continue;
      if (shown.length === 0) wrong.push(`${name}: no data for ${promql}`);
      if (missing.length > 0) wrong.push(`${name}: no line has ${missing} for ${legend}`);
    }
  }
  for (const line of values) t.diagnostic(line);
  assert.deepEqual(wrong, []);
  const rules = await poll(
    async () => {
      const all = await listRules();
      return all.every(({ health }) => health !== "unknown") ? all : undefined;
    },
    () => "some rules were not evaluated yet",
    60_000,
  );
  assert.ok(rules.length >= 30, `${rules.length} rules`);
  assert.deepEqual(
    rules.filter(({ health }) => health !== "ok"),
    [],
  );
  for (const { name, type } of rules) {
    if (type !== "recording" || mayRecordNothing.includes(name)) continue;
    assert.ok(
      (await queryPrometheus(cluster.prometheusUrl, name)).length > 0,
      `${name} records no samples`,
    );
  }
});
