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
    url: `${jaeger}/search?service=${service}&minDuration=500ms&lookback=1h&limit=20`,
  };
}

/** The function's dashboard, for panels with a line for each function. */
export const functionOfLine: PanelLink = {
  title: "This function",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own variables
  url: "/d/function?var-service=${__field.labels.service}&${namespace:queryparam}&${__url_time_range}",
};
