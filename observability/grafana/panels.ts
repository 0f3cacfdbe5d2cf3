import type * as cog from "@grafana/grafana-foundation-sdk/cog";
import {
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
} from "@grafana/grafana-foundation-sdk/common";
import {
  DashboardLinkBuilder,
  type Panel,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder as HeatmapBuilder } from "@grafana/grafana-foundation-sdk/heatmap";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TimeSeriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import { type PanelLink, type PanelPlan, prometheus, type Query } from "./panel-plan.ts";

/** Makes Grafana's panel of a plan. */
export function buildPanel(plan: PanelPlan): cog.Builder<Panel> {
  return builders[plan.kind ?? "line"](plan);
}

const builders = { line: timeSeries, stat, heatmap } as const;

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
