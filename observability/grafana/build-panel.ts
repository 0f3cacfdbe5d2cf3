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
import type { PanelPlan } from "./plan.ts";

/** The data source of all panels, by its provisioned uid. */
export const prometheus = { type: "prometheus", uid: "prometheus" } as const;

/** Makes Grafana's panel of a plan. */
export function buildPanel(plan: PanelPlan): cog.Builder<Panel> {
  if (plan.kind === "heatmap") return buildHeatmap(plan);
  return plan.kind === "stat" ? buildStat(plan) : buildTimeSeries(plan);
}

function buildTimeSeries(plan: PanelPlan): cog.Builder<Panel> {
  const panel = withShared(new TimeSeriesBuilder(), plan, { height: 8, span: 8 })
    .fillOpacity(10)
    .thresholds(createThresholds(plan.thresholds));
  if (!plan.hasNegative) panel.min(0);
  if (plan.thresholds) panel.thresholdsStyle(dashedThresholds);
  if (plan.link) {
    const { title, url } = plan.link;
    panel.dataLinks([new DashboardLinkBuilder(title).url(url).targetBlank(true)]);
  }
  const isLatency = plan.unit === "s" && plan.link !== undefined;
  for (const query of createQueries(plan)) panel.withTarget(query.exemplar(isLatency));
  return panel;
}

function buildStat(plan: PanelPlan): cog.Builder<Panel> {
  const panel = withShared(new StatBuilder(), plan, { height: 5, span: 4 }).thresholds(
    createThresholds(plan.thresholds),
  );
  for (const query of createQueries(plan)) panel.withTarget(query);
  return panel;
}

// Its query returns buckets by `le`, each counted over `$__interval`.
function buildHeatmap(plan: PanelPlan): cog.Builder<Panel> {
  const panel = withShared(new HeatmapBuilder(), plan, { height: 9, span: 12 })
    .interval("1m")
    .calculate(false);
  for (const query of createQueries(plan)) panel.withTarget(query.format(PromQueryFormat.Heatmap));
  return panel;
}

interface SharedBuilder {
  title(title: string): this;
  description(description: string): this;
  datasource(datasource: typeof prometheus): this;
  unit(unit: string): this;
  height(height: number): this;
  span(span: number): this;
}

function withShared<Builder extends SharedBuilder>(
  panel: Builder,
  plan: PanelPlan,
  { height, span }: { height: number; span: number },
): Builder {
  return panel
    .title(plan.title)
    .description(plan.description)
    .datasource(prometheus)
    .unit(plan.unit)
    .height(height)
    .span(plan.span ?? span);
}

const dashedThresholds = new GraphThresholdsStyleConfigBuilder().mode(
  GraphThresholdsStyleMode.Dashed,
);

function createQueries({ queries }: PanelPlan): DataqueryBuilder[] {
  return Object.entries(queries).map(([legend, promql]) =>
    new DataqueryBuilder().expr(promql).legendFormat(legend),
  );
}

function createThresholds(bounds: PanelPlan["thresholds"]): ThresholdsConfigBuilder {
  const [warning, critical] = bounds ?? [];
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([
      { value: null, color: "green" },
      ...(warning === undefined ? [] : [{ value: warning, color: "yellow" }]),
      ...(critical === undefined ? [] : [{ value: critical, color: "red" }]),
    ] as never);
}
