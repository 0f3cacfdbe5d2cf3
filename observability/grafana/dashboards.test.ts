import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { buildDashboards, dashboardsFolder, formatDashboard } from "./generate.ts";
import { listPanels } from "./list-panels.ts";

test("the dashboards' JSON is what the code gives", () => {
  const dashboards = buildDashboards();
  const files = dashboards.map(({ uid }) => `${uid}.json`);
  assert.deepEqual(readdirSync(dashboardsFolder).sort(), files.sort());
  for (const dashboard of dashboards) {
    const kept = readFileSync(join(dashboardsFolder, `${dashboard.uid}.json`), "utf8");
    assert.equal(kept, formatDashboard(dashboard), `${dashboard.uid}: run npm run generate`);
  }
});

test("every panel says what it shows, in which unit, and asks for something", () => {
  const panels = listPanels(buildDashboards());
  assert.ok(panels.length >= 35, `${panels.length} panels`);
  for (const { dashboard, title, description, unit, queries } of panels) {
    assert.ok(description.length > 15, `${dashboard}, ${title} has no description`);
    assert.notEqual(unit, "", `${dashboard}, ${title} has no unit`);
    assert.ok(queries.length > 0, `${dashboard}, ${title} has no query`);
  }
});

test("panels lie beside and below each other, none over another", () => {
  for (const { title, panels = [] } of buildDashboards()) {
    const taken = new Set<string>();
    for (const { gridPos } of panels as { gridPos?: Record<"x" | "y" | "w" | "h", number> }[]) {
      if (!gridPos) continue;
      assert.ok(gridPos.x + gridPos.w <= 24, title);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          assert.ok(!taken.has(`${x} ${y}`), `${title}: two panels at ${x}, ${y}`);
          taken.add(`${x} ${y}`);
        }
      }
    }
  }
});
