import type * as cog from "@grafana/grafana-foundation-sdk/cog";
import {
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
} from "@grafana/grafana-foundation-sdk/common";
import {
  DashboardBuilder,
  DashboardLinkBuilder,
  DashboardLinkType,
  type Panel,
  QueryVariableBuilder,
  RowBuilder,
  TextBoxVariableBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  VariableRefresh,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder as HeatmapBuilder } from "@grafana/grafana-foundation-sdk/heatmap";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
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
  /** Lines over time unless told: one number, or a histogram over time. */
  readonly kind?: "stat" | "heatmap";
  /** What a reader has to know to draw a conclusion from it. */
  readonly description: string;
  /** Grafana's name of the unit, such as `s` or `reqps`. */
  readonly unit: string;
  readonly queries: readonly Query[];
  /** Columns of 24; 8 unless told, 4 for a number, 12 for a histogram. */
  readonly span?: number;
  /** Whether values below 0 are to be seen. */
  readonly hasNegative?: boolean;
  /** From where on it is worth a look (yellow), and bad (red). */
  readonly thresholds?: readonly [number, number];
  /** Where a click on a line leads: of a panel of latencies, whose exemplars are shown as well. */
  readonly link?: PanelLink;
}

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

/** A link from a panel. */
export interface PanelLink {
  readonly title: string;
  readonly url: string;
}

/** The data source of all panels, by its provisioned uid. */
export const prometheus = { type: "prometheus", uid: "prometheus" } as const;

/**
 * Leads from a latency to the slow traces in Jaeger.
 *
 * @param service the function, or one of Grafana's variables for it
 */
export function slowTracesOf(service: string): PanelLink {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own variable
  const jaeger = "${jaeger}";
  return {
    title: "Slow traces in Jaeger",
    url: `${jaeger}/search?service=${service}&minDuration=500ms&limit=20`,
  };
}

/** The function's dashboard, for panels with a line for each function. */
export const functionOfLine: PanelLink = {
  title: "This function",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own variables
  url: "/d/function?var-service=${__field.labels.service}&${namespace:queryparam}&${__url_time_range}",
};

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
    for (const plan of panels) dashboard.withPanel(makePanel[plan.kind ?? "line"](plan));
  }
  return dashboard;
}

const makePanel = { line: timeSeries, stat, heatmap } as const;

function timeSeries(plan: PanelPlan): cog.Builder<Panel> {
  const panel = new TimeSeriesBuilder()
    .title(plan.title)
    .description(plan.description)
    .datasource(prometheus)
    .unit(plan.unit)
    .height(8)
    .span(plan.span ?? 8)
    .fillOpacity(10)
    .thresholds(createThresholds(plan.thresholds));
  if (!plan.hasNegative) panel.min(0);
  if (plan.thresholds) panel.thresholdsStyle(dashedThresholds);
  if (plan.link) panel.dataLinks([createLink(plan.link)]);
  const isLatency = plan.unit === "s" && plan.link !== undefined;
  for (const query of plan.queries) panel.withTarget(createQuery(query).exemplar(isLatency));
  return panel;
}

function stat(plan: PanelPlan): cog.Builder<Panel> {
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

// Its query is of buckets by `le`, each counted over `$__interval`.
function heatmap(plan: PanelPlan): cog.Builder<Panel> {
  const panel = new HeatmapBuilder()
    .title(plan.title)
    .description(plan.description)
    .datasource(prometheus)
    .unit(plan.unit)
    .height(9)
    .span(plan.span ?? 12)
    .interval("1m")
    .calculate(false);
  for (const query of plan.queries) {
    panel.withTarget(createQuery(query).format(PromQueryFormat.Heatmap));
  }
  return panel;
}

const dashedThresholds = new GraphThresholdsStyleConfigBuilder().mode(
  GraphThresholdsStyleMode.Dashed,
);

function createQuery({ expr, legend }: Query): DataqueryBuilder {
  return new DataqueryBuilder().expr(expr).legendFormat(legend);
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
