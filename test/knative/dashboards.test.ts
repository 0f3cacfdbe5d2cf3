import assert from "node:assert/strict";
import { test } from "node:test";
import { buildDashboards } from "#observability/grafana/generate.ts";
import { listPanels } from "#observability/grafana/list-panels.ts";
import { poll } from "../poll.ts";
import { orderForm } from "../visitor.ts";
import { cluster, GatewayVisitor, queryPrometheus, skip, waitForZero } from "./cluster.ts";

// What a shop without trouble has none of.
const mayBeEmpty: Readonly<Record<string, string>> = {
  "Function: Failed calls per second": "no call fails",
};

// The function that answers RPCs and makes some.
const service = "checkoutservice";

async function buy(): Promise<void> {
  const visitor = new GatewayVisitor();
  for (const path of ["/", "/product/6E92ZMYYFZ"]) {
    assert.equal((await visitor.get(path)).status, 200);
  }
  await visitor.post("/cart", { product_id: "6E92ZMYYFZ", quantity: "1" });
  assert.equal((await visitor.get("/cart")).status, 200);
  assert.equal((await visitor.post("/cart/checkout", orderForm)).status, 200);
}

async function listRules(): Promise<{ name: string; health: string; lastError?: string }[]> {
  const { data } = (await (await fetch(`${cluster.prometheusUrl}/api/v1/rules`)).json()) as {
    data: { groups: { rules: { name: string; health: string; lastError?: string }[] }[] };
  };
  return data.groups.flatMap(({ rules }) => rules);
}

test("every panel and every rule has an answer on a shop with traffic", { skip }, async (t) => {
  await waitForZero();
  // Three minutes, with functions that go to zero and come back in between.
  const endMs = performance.now() + 180_000;
  while (performance.now() < endMs) {
    await buy();
    await buy();
    if (performance.now() < endMs - 100_000) await waitForZero();
  }
  const values: string[] = [];
  const empty: string[] = [];
  for (const { dashboard, title, queries } of listPanels(buildDashboards())) {
    const name = `${dashboard}: ${title}`;
    for (const query of queries) {
      const filled = query.replaceAll("$service", service);
      const results = await queryPrometheus(filled);
      const shown = results.map(({ value }) => Number(value.toPrecision(3)));
      values.push(`${name}: ${shown.slice(0, 6).join(", ")}`);
      if (results.length === 0 && !(name in mayBeEmpty)) empty.push(`${name}: ${filled}`);
    }
  }
  for (const line of values) t.diagnostic(line);
  assert.deepEqual(empty, []);
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
});
