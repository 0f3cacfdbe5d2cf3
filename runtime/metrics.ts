import { context, type SpanContext, TraceFlags } from "@opentelemetry/api";
import type * as PromClient from "prom-client";

type Labels = Readonly<Record<string, string>>;

/** The options of every metric. */
export interface MetricOptions {
  /** The Prometheus name, with its unit and `_total` for counters. */
  name: string;
  /** The description in the scrape. */
  help: string;
  /** Label names; their values must come from a small set. */
  labels?: readonly string[];
}

/** A distribution in buckets. */
export interface Histogram {
  /** Counts one value, measured in a span. The span of a slow value becomes its bucket's exemplar if it is sampled. */
  observe(labels: Labels, value: number, measuredIn?: SpanContext): void;
  /** The histogram with fixed labels, for hot paths. */
  child(labels: Labels): { observe(value: number, measuredIn?: SpanContext): void };
}

/** The minimum value with an exemplar, in seconds: an exemplar costs time, so fast calls have none. */
export const slowSeconds = 0.1;

// Seconds, from a fast call to one that waited for several cold starts.
const durationBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

// prom-client is loaded after the port listens, so that it does not delay a cold start; values that are
// recorded before that are queued here.
let prometheus: typeof PromClient | undefined;
const waiting: ((client: typeof PromClient) => void)[] = [];

/** Defines a counter; `inc` adds a value, 1 by default. */
export function counter({ name, help, labels = [] }: MetricOptions) {
  const metric = whenLoaded((client) => new client.Counter({ name, help, labelNames: labels }));
  return {
    inc: (labels: Labels = {}, value = 1) => metric.use((counter) => counter.inc(labels, value)),
  };
}

/** Defines a gauge that is read at each scrape, and is absent from it if `read` rejects. */
export function gauge({ read, ...options }: GaugeOptions<number>): void {
  defineGauge(options, [], async () => [[{}, await read()]]);
}

/** As `gauge`, with a series for each value of a label. */
export function gaugeByLabel({
  label,
  read,
  ...options
}: GaugeOptions<Readonly<Record<string, number>>> & {
  /** The label's name. */
  label: string;
}): void {
  defineGauge(options, [label], async () =>
    Object.entries(await read()).map(([text, value]) => [{ [label]: text }, value]),
  );
}

interface GaugeOptions<T> extends Omit<MetricOptions, "labels"> {
  readonly read: () => Promise<T>;
}

function defineGauge(
  options: Omit<MetricOptions, "labels">,
  labelNames: string[],
  read: () => Promise<[Labels, number][]>,
): void {
  whenLoaded(
    (client) =>
      new client.Gauge({
        ...options,
        labelNames,
        async collect() {
          const values = await read().catch(() => []);
          this.reset();
          // A gauge without labels is 0 after a reset.
          if (labelNames.length === 0) this.remove();
          for (const [labels, value] of values) this.set(labels, value);
        },
      }),
  );
}

/** Defines a histogram, of seconds unless buckets are given. */
export function histogram({
  name,
  help,
  labels = [],
  buckets = durationBuckets,
}: MetricOptions & { buckets?: readonly number[] }): Histogram {
  const metric = whenLoaded(
    (client) =>
      new client.Histogram({
        name,
        help,
        labelNames: labels,
        buckets: [...buckets],
        enableExemplars: true,
      }),
  );
  const observe: Histogram["observe"] = (labels, value, measuredIn) =>
    metric.use((histogram) =>
      histogram.observe({ labels, value, exemplarLabels: exemplarOf(value, measuredIn) }),
    );
  return {
    observe,
    child: (labels) => {
      let bound: { observe(value: number): void } | undefined;
      return {
        observe: (value, measuredIn) => {
          if (measuredIn && value >= slowSeconds) return observe(labels, value, measuredIn);
          metric.use((histogram) => {
            bound ??= histogram.labels(labels);
            bound.observe(value);
          });
        },
      };
    },
  };
}

function exemplarOf(value: number, measuredIn: SpanContext | undefined): Labels {
  if (!measuredIn || value < slowSeconds || !(measuredIn.traceFlags & TraceFlags.SAMPLED))
    return {};
  return { trace_id: measuredIn.traceId, span_id: measuredIn.spanId };
}

/** Loads prom-client, creates the metrics defined so far and records the queued values. */
export async function loadMetrics(): Promise<void> {
  if (prometheus) return;
  const client = await import("prom-client");
  // The format with exemplars, which Prometheus supports since 2.5.
  client.register.setContentType(
    client.openMetricsContentType as typeof client.register.contentType,
  );
  prometheus = client;
  for (const use of waiting.splice(0)) use(client);
}

/** The registry's text for a scrape, process metrics included, and its content type. */
export async function renderMetrics(): Promise<{ contentType: string; body: string }> {
  await loadMetrics();
  const client = prometheus as typeof PromClient;
  // Process metrics observe the event loop and the garbage collector, so only a process that is scraped
  // collects them.
  if (!client.register.getSingleMetric("process_cpu_seconds_total")) {
    client.collectDefaultMetrics();
  }
  // Gauges read stores. Their spans would be a trace of its own for each scrape, and would hide requests.
  const { suppressTracing } = await import("@opentelemetry/core");
  const body = await context.with(suppressTracing(context.active()), () =>
    client.register.metrics(),
  );
  return { contentType: client.register.contentType, body };
}

function whenLoaded<T>(make: (client: typeof PromClient) => T) {
  let metric: T | undefined;
  const load = (client: typeof PromClient) => {
    metric = make(client);
  };
  if (prometheus) load(prometheus);
  else waiting.push(load);
  return {
    use: (work: (metric: T) => void) => {
      if (metric !== undefined) work(metric);
      else waiting.push(() => work(metric as T));
    },
  };
}
