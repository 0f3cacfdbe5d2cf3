import {
  DashboardBuilder,
  DashboardLinkBuilder,
  DashboardLinkType,
  QueryVariableBuilder,
  RowBuilder,
  TextBoxVariableBuilder,
  VariableRefresh,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { type PanelPlan, prometheus } from "./panel-plan.ts";
import { buildPanel } from "./panels.ts";

/** What a dashboard is called. */
export interface Heading {
  /** In its address. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
}

/** A row of panels below its title. */
export interface Section {
  readonly title: string;
  readonly panels: readonly PanelPlan[];
}

/** A dashboard with what all of them have: the links to the others, the namespace, where Jaeger is. */
export function createDashboard({ uid, title, description }: Heading): DashboardBuilder {
  return new DashboardBuilder(title)
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
    .withVariable(
      new QueryVariableBuilder("namespace")
        .label("Namespace")
        .description("The shop's: Knative's own metrics tell of the whole cluster")
        .datasource(prometheus)
        .query('label_values(up{job="functions"}, namespace)')
        .refresh(VariableRefresh.OnTimeRangeChanged),
    )
    .withVariable(
      new TextBoxVariableBuilder("jaeger")
        .label("Jaeger")
        .description("Where your browser reaches Jaeger")
        .defaultValue("http://localhost:16686"),
    );
}

/** Puts sections of panels below each other. */
export function addSections(
  dashboard: DashboardBuilder,
  sections: readonly Section[],
): DashboardBuilder {
  for (const { title, panels } of sections) {
    dashboard.withRow(new RowBuilder(title));
    for (const plan of panels) dashboard.withPanel(buildPanel(plan));
  }
  return dashboard;
}
