import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import type { Query } from "./panel-plan.ts";

/** What a panel shows, for tests. */
export interface ListedPanel {
  readonly dashboard: string;
  readonly title: string;
  readonly description: string;
  readonly unit: string;
  /** With Grafana's variables in them. */
  readonly queries: readonly Query[];
}

interface RawPanel {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly targets?: readonly { readonly expr?: string; readonly legendFormat?: string }[];
  readonly fieldConfig?: { readonly defaults?: { readonly unit?: string } };
  readonly panels?: readonly RawPanel[];
}

/** The panels of dashboards, rows left out. */
export function listPanels(dashboards: readonly Dashboard[]): ListedPanel[] {
  return dashboards.flatMap(({ title: dashboard = "", panels = [] }) =>
    (panels as readonly RawPanel[])
      .flatMap((panel) => (panel.type === "row" ? (panel.panels ?? []) : [panel]))
      .map(({ title = "", description = "", targets = [], fieldConfig }) => ({
        dashboard,
        title,
        description,
        unit: fieldConfig?.defaults?.unit ?? "",
        queries: targets.flatMap(({ expr, legendFormat: legend = "" }) =>
          expr ? { expr, legend } : [],
        ),
      })),
  );
}

/** What the dashboards' variables ask Prometheus for: the selector inside of `label_values`. */
export function listVariableQueries(dashboards: readonly Dashboard[]): string[] {
  return dashboards.flatMap(({ templating }) =>
    (templating?.list ?? []).flatMap(({ type, query }) => {
      if (type !== "query") return [];
      const [, selector] = /^label_values\((.+), \w+\)$/.exec(String(query)) ?? [];
      if (selector === undefined) throw new Error(`a variable asks for ${JSON.stringify(query)}`);
      return [selector];
    }),
  );
}
