import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { buildDashboard } from "./build-dashboard.ts";
import { dashboards } from "./dashboards.ts";
import { shopDashboard } from "./shop-dashboard.ts";

// Grafana publishes its schema as TypeScript. The compiler checks every key of a dashboard that is
// written as a literal: an unknown key is an error, as is a wrong or missing one.
const root = join(import.meta.dirname, "..", "..");
const raw = "@grafana/schema/dist/esm/raw";
const compiler = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext"];

// As JSON has it: an enum's members are their values.
const head = `
import type { Dashboard } from "${raw}/dashboard/x/Dashboard_types.gen";
import type * as timeseries from "${raw}/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen";
import type * as stat from "${raw}/composable/stat/panelcfg/x/StatPanelCfg_types.gen";
import type * as heatmap from "${raw}/composable/heatmap/panelcfg/x/HeatmapPanelCfg_types.gen";
type Plain<T> = T extends string ? \`\${T}\`
  : T extends number | boolean | null | undefined ? T
  : T extends (infer U)[] ? Plain<U>[]
  : { [K in keyof T]: Plain<T[K]> };
`;

function writeLiterals(dashboard: Dashboard): string {
  const lines = [
    `export const dashboard: Plain<Dashboard> = ${JSON.stringify(dashboard, null, 2)};`,
  ];
  for (const panel of dashboard.panels ?? []) {
    if (!("options" in panel)) continue;
    const { type, options, fieldConfig } = panel;
    const custom = fieldConfig?.defaults.custom;
    const id = `${type}${lines.length}`;
    // A missing option has a default.
    lines.push(`export const ${id}: Partial<Plain<${type}.Options>> = ${JSON.stringify(options)};`);
    if (custom === undefined) continue;
    lines.push(`export const ${id}Field: Plain<${type}.FieldConfig> = ${JSON.stringify(custom)};`);
  }
  return lines.join("\n");
}

function findMistakes(dashboard: Dashboard): string {
  const folder = mkdtempSync(join(tmpdir(), "dashboard-schema-"));
  try {
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    const file = `${dashboard.uid}.ts`;
    writeFileSync(join(folder, file), head + writeLiterals(dashboard));
    const tsc = join(root, "node_modules", ".bin", "tsc");
    execFileSync(tsc, [...compiler, file], { cwd: folder, encoding: "utf8", stdio: "pipe" });
    return "";
  } catch (error) {
    return (error as { stdout: string }).stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

for (const plan of dashboards) {
  test(`the dashboard ${plan.title} matches Grafana's schema`, () => {
    assert.equal(findMistakes(buildDashboard(plan)), "");
  });
}

test("a dashboard with a wrong value or an unknown key does not match the schema", () => {
  const shop = buildDashboard(shopDashboard);
  const wrong = { ...shop, editable: "yes" } as unknown as Dashboard;
  assert.match(findMistakes(wrong), /TS2322.*boolean/);
  const tooMuch = { ...shop, widgets: [] } as Dashboard;
  assert.match(findMistakes(tooMuch), /TS2353.*widgets/);
});
