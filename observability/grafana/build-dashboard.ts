import {
  type Dashboard,
  DashboardBuilder,
  DashboardLinkBuilder,
  DashboardLinkType,
  QueryVariableBuilder,
  RowBuilder,
  TextBoxVariableBuilder,
  VariableRefresh,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { buildPanel, prometheus } from "./build-panel.ts";
import type { DashboardPlan, VariablePlan } from "./plan.ts";

/** The variable that all dashboards have. */
export const namespaceVariable: VariablePlan = {
  name: "namespace",
  label: "Namespace",
  description: "The shop's namespace: Knative's own metrics cover the whole cluster",
  selector: 'up{job="functions"}',
};

/** Makes Grafana's dashboard of a plan: with links to the others, the namespace, and Jaeger's URL. */
export function buildDashboard({
  uid,
  title,
  description,
  variables = [],
  rows,
}: DashboardPlan): Dashboard {
  const dashboard = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(["hipster-shop"])
    .refresh("10s")
    .time({ from: "now-30m", to: "now" })
    .timezone("browser")
    .link(
      new DashboardLinkBuilder("Hipster Shop")
        .type(DashboardLinkType.Dashboards)
        .tags(["hipster-shop"])
        .keepTime(true)
        .includeVars(true),
    )
    .withVariable(buildVariable(namespaceVariable))
    .withVariable(
      new TextBoxVariableBuilder("jaeger")
        .label("Jaeger")
        .description("Jaeger's URL, as your browser reaches it")
        .defaultValue("http://localhost:16686"),
    );
  for (const variable of variables) dashboard.withVariable(buildVariable(variable));
  for (const [row, panels] of Object.entries(rows)) {
    dashboard.withRow(new RowBuilder(row));
    for (const panel of panels) dashboard.withPanel(buildPanel(panel));
  }
  return dropIntervalKeys(dashboard.build());
}

function buildVariable({ name, label, description, selector }: VariablePlan): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .description(description)
    .datasource(prometheus)
    .query(`label_values(${selector}, ${name})`)
    .refresh(VariableRefresh.OnTimeRangeChanged);
}

// The SDK gives each variable keys that only interval variables have, and that Grafana's schema rejects.
function dropIntervalKeys(dashboard: Dashboard): Dashboard {
  const list = dashboard.templating?.list?.map(
    ({ auto, auto_min, auto_count, ...variable }) => variable,
  );
  return { ...dashboard, templating: { ...dashboard.templating, ...(list && { list }) } };
}
