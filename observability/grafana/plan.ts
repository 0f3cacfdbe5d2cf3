/** A dashboard's own parts. `buildDashboard` adds the parts that all dashboards share. */
export interface DashboardPlan {
  /** Its id in its URL. */
  readonly uid: string;
  /** Its title, which panels' links and the documentation use. */
  readonly title: string;
  /** Its content, in one sentence. */
  readonly description: string;
  /** Variables in addition to the shared ones. */
  readonly variables?: readonly VariablePlan[];
  /** The panels of each row, by the row's title. */
  readonly rows: Readonly<Record<string, readonly PanelPlan[]>>;
}

/** A dashboard variable whose values are those of a label. */
export interface VariablePlan {
  /** Its name in queries, without `$`. */
  readonly name: string;
  /** Its name on the page. */
  readonly label: string;
  /** Help for the choice of a value. */
  readonly description: string;
  /** The PromQL selector of the series that have the label. */
  readonly selector: string;
}

/** A panel. */
export interface PanelPlan {
  /** Its title. */
  readonly title: string;
  /** One number, or a histogram over time; lines over time if undefined. */
  readonly kind?: "stat" | "heatmap";
  /** The meaning of the values, in one or two sentences. */
  readonly description: string;
  /** Grafana's name of the unit, such as `s` or `reqps`. */
  readonly unit: string;
  /** PromQL by the name of its lines in the legend, which has labels as `{{service}}`. */
  readonly queries: Readonly<Record<string, string>>;
  /** Columns of 24; by default 8, for a number 4, for a histogram 12. */
  readonly span?: number;
  /** Whether the axis shows values below 0. */
  readonly hasNegative?: boolean;
  /** The values from which on it is shown as a warning (yellow) and as critical (red). */
  readonly thresholds?: readonly [number, number];
  /** The link behind a line; a panel of latencies with a link shows exemplars too. */
  readonly link?: PanelLink;
}

interface PanelLink {
  readonly title: string;
  /** With Grafana's variables. */
  readonly url: string;
}

/**
 * A link from a latency to the slow traces in Jaeger.
 *
 * @param service the function, or one of Grafana's variables for it
 */
export function slowTracesOf(service: string): PanelLink {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own variable
  const jaeger = "${jaeger}";
  return {
    title: "Slow traces in Jaeger",
    url: `${jaeger}/search?service=${service}&minDuration=500ms&lookback=1h&limit=20`,
  };
}

/** The dashboard of the function, for panels with one line per function. */
export const functionOfLine: PanelLink = {
  title: "This function",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own variables
  url: "/d/function?var-service=${__field.labels.service}&${namespace:queryparam}&${__url_time_range}",
};
