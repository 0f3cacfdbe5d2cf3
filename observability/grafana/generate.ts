import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { functionDashboard } from "./function-dashboard.ts";
import { platformDashboard } from "./platform-dashboard.ts";
import { scaleToZeroDashboard } from "./scale-to-zero-dashboard.ts";
import { shopDashboard } from "./shop-dashboard.ts";

/** Where the dashboards' JSON is kept. */
export const dashboardsFolder = join(import.meta.dirname, "dashboards");

/** All dashboards. */
export function buildDashboards(): Dashboard[] {
  return [shopDashboard(), functionDashboard(), scaleToZeroDashboard(), platformDashboard()].map(
    (builder) => dropIntervalKeys(builder.build()),
  );
}

// The SDK gives to each variable what only one of intervals has, and what Grafana's schema refuses.
function dropIntervalKeys(dashboard: Dashboard): Dashboard {
  const list = dashboard.templating?.list?.map(
    ({ auto, auto_min, auto_count, ...variable }) => variable,
  );
  return { ...dashboard, templating: { ...dashboard.templating, ...(list && { list }) } };
}

/** A dashboard as Grafana's provisioning reads it. */
export function formatDashboard(dashboard: Dashboard): string {
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}

if (import.meta.main) {
  mkdirSync(dashboardsFolder, { recursive: true });
  for (const dashboard of buildDashboards()) {
    writeFileSync(join(dashboardsFolder, `${dashboard.uid}.json`), formatDashboard(dashboard));
  }
}
