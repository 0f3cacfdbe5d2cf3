import { namespaceVariable } from "./build-dashboard.ts";
import { functionDashboard } from "./function-dashboard.ts";
import type { DashboardPlan, PanelPlan } from "./plan.ts";
import { platformDashboard } from "./platform-dashboard.ts";
import { scaleToZeroDashboard } from "./scale-to-zero-dashboard.ts";
import { shopDashboard } from "./shop-dashboard.ts";

/** All dashboards. */
export const dashboards: readonly DashboardPlan[] = [
  shopDashboard,
  functionDashboard,
  scaleToZeroDashboard,
  platformDashboard,
];

/** All panels with the title of their dashboard. */
export const dashboardPanels: readonly (PanelPlan & { readonly dashboard: string })[] =
  dashboards.flatMap(({ title, rows }) =>
    Object.values(rows)
      .flat()
      .map((panel) => ({ ...panel, dashboard: title })),
  );

/** The selectors of all variables, in PromQL. */
export const variableSelectors: readonly string[] = dashboards.flatMap(({ variables = [] }) =>
  [namespaceVariable, ...variables].map(({ selector }) => selector),
);
