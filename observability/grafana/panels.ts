import type * as cog from "@grafana/grafana-foundation-sdk/cog";
import {
  DashboardBuilder,
  DashboardLinkBuilder,
  DashboardLinkType,
  type Panel,
  TextBoxVariableBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder as HeatmapBuilder } from "@grafana/grafana-foundation-sdk/heatmap";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TimeSeriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";

/** One line, or bundle of lines, of a panel. */
export interface Query {
  /** In PromQL. */
  readonly expr: string;
  /** What it is called in the legend; labels as `{{service}}`. */
  readonly legend: string;
}

/** What a panel shows. */
export interface PanelPlan {
  readonly title: string;
  /** What a reader has to know to draw a conclusion from it. */
  readonly description: string;
  /** Grafana's name of the unit, such as `s` or `reqps`. */
  readonly unit: string;
  readonly queries: readonly Query[];
  /** Columns of 24; 8 unless told. */
  readonly span?: number;
  /** From where on it is worth a look (yellow), and bad (red). */
  readonly thresholds?: readonly [number, number];
  /** Where a click on a line leads. */
  readonly link?: PanelLink;
}

/** A link from a panel. */
export interface PanelLink {
  readonly title: string;
  readonly url: string;
}

/** The data source of all panels, by its provisioned uid. */
export const prometheus = { type: "prometheus", uid: "prometheus" } as const;

/** Leads from a latency of a function to its slow traces in Jaeger. */
export const slowTraces: PanelLink = {
  title: "Slow traces in Jaeger",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own variables
  url: "${jaeger}/search?service=${__field.labels.service}&minDuration=500ms&limit=20",
};

/** Lines over time. */
export function timeSeries(plan: PanelPlan): cog.Builder<Panel> {
  const panel = new TimeSeriesBuilder()
    .title(plan.title)
    .description(plan.description)
    .datasource(prometheus)
    .unit(plan.unit)
    .min(0)
    .height(8)
    .span(plan.span ?? 8)
    .fillOpacity(10)
    .thresholds(createThresholds(plan.thresholds));
  if (plan.link) panel.dataLinks([createLink(plan.link)]);
  for (const query of plan.queries) panel.withTarget(createQuery(query));
  return panel;
}

/** One number. */
export function stat(plan: PanelPlan): cog.Builder<Panel> {
  const panel = new StatBuilder()
    .title(plan.title)
    .description(plan.description)
    .datasource(prometheus)
    .unit(plan.unit)
    .height(5)
    .span(plan.span ?? 4)
    .thresholds(createThresholds(plan.thresholds));
  for (const query of plan.queries) panel.withTarget(createQuery(query));
  return panel;
}

/** A histogram over time; its query is of buckets by `le`. */
export function heatmap(plan: PanelPlan): cog.Builder<Panel> {
  const panel = new HeatmapBuilder()
    .title(plan.title)
    .description(plan.description)
    .datasource(prometheus)
    .unit(plan.unit)
    .height(9)
    .span(plan.span ?? 12)
    .calculate(false);
  for (const query of plan.queries) panel.withTarget(createQuery(query).format("heatmap" as never));
  return panel;
}

/** A dashboard with what all of them have: its name, the links to the others, where Jaeger is. */
export function createDashboard(uid: string, title: string, description: string): DashboardBuilder {
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
      new TextBoxVariableBuilder("jaeger")
        .label("Jaeger")
        .description("Where your browser reaches Jaeger")
        .defaultValue("http://localhost:16686"),
    );
}

function createQuery({ expr, legend }: Query): DataqueryBuilder {
  return new DataqueryBuilder().expr(expr).legendFormat(legend).exemplar(true);
}

function createLink({ title, url }: PanelLink): DashboardLinkBuilder {
  return new DashboardLinkBuilder(title).url(url).targetBlank(true);
}

function createThresholds(bounds: PanelPlan["thresholds"]): ThresholdsConfigBuilder {
  const steps = [{ value: null, color: "green" }];
  const [warn, bad] = bounds ?? [];
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([
      ...steps,
      ...(warn === undefined ? [] : [{ value: warn, color: "yellow" }]),
      ...(bad === undefined ? [] : [{ value: bad, color: "red" }]),
    ] as never);
}
