import assert from "node:assert/strict";
import { test } from "node:test";
import { ruleFiles } from "../prometheus/rule-files.ts";
import { buildDashboard } from "./build-dashboard.ts";
import { dashboardPanels, dashboards } from "./dashboards.ts";

test("every panel has a description, a unit and a query", () => {
  assert.ok(dashboardPanels.length >= 35, `${dashboardPanels.length} panels`);
  for (const { dashboard, title, description, unit, queries } of dashboardPanels) {
    assert.ok(description.length > 15, `${dashboard}, ${title} has no description`);
    assert.notEqual(unit, "", `${dashboard}, ${title} has no unit`);
    assert.ok(Object.keys(queries).length > 0, `${dashboard}, ${title} has no query`);
  }
});

test("no panel covers another one", () => {
  for (const { title, panels = [] } of dashboards.map(buildDashboard)) {
    const taken = new Set<string>();
    for (const { gridPos } of panels as { gridPos?: Record<"x" | "y" | "w" | "h", number> }[]) {
      if (!gridPos) continue;
      assert.ok(gridPos.x + gridPos.w <= 24, title);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          assert.ok(!taken.has(`${x} ${y}`), `${title}: two panels cover ${x}, ${y}`);
          taken.add(`${x} ${y}`);
        }
      }
    }
  }
});

test("every recorded series that a dashboard reads has a rule", () => {
  const rules = Object.values(ruleFiles).flatMap((groups) =>
    groups.flatMap((group) => group.rules),
  );
  const recorded = rules.flatMap((rule) => ("record" in rule ? rule.record : []));
  const read = dashboardPanels.flatMap(({ queries }) =>
    Object.values(queries).flatMap((promql) => promql.match(/\b[a-z]+:[a-z_]+:[a-z0-9]+/g) ?? []),
  );
  assert.ok(read.length >= 5, `${read.length} queries read recorded series`);
  assert.deepEqual(
    read.filter((name) => !recorded.includes(name)),
    [],
  );
});
