import assert from "node:assert/strict";
import { test } from "node:test";
import { buildDashboard } from "./build-dashboard.ts";
import { dashboardPanels, dashboards } from "./dashboards.ts";

test("every panel has a description, a unit and a query", () => {
  assert.ok(dashboardPanels.length >= 35, `${dashboardPanels.length} panels`);
  for (const { dashboard, title, description, unit, queries } of dashboardPanels) {
    assert.ok(description.length > 15, `${dashboard}, ${title} has no description`);
    assert.notEqual(unit, "", `${dashboard}, ${title} has no unit`);
    assert.ok(queries.length > 0, `${dashboard}, ${title} has no query`);
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
