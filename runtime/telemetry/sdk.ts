import { ZipkinExporter } from "@opentelemetry/exporter-zipkin";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { BatchSpanProcessor } from "@opentelemetry/sdk-trace";
import { ShopPropagator } from "./propagator.ts";

/** What the tracing of a process needs to know. */
export interface TracingOptions {
  /** `service.name` of all spans. */
  service: string;
  /** `service.version`: the Knative revision, where there is one. */
  revision: string | undefined;
  /** Where Zipkin v2 spans go, such as `http://jaeger:9411/api/v2/spans`; without it nowhere. */
  zipkinEndpoint: string | undefined;
}

/** Tracing that runs. */
export interface Tracing {
  /** Sends what is not sent yet and ends; bounded by the exporter's own timeout. */
  shutdown(): Promise<void>;
}

/**
 * Starts OpenTelemetry for this process: context, propagation, sampling by `OTEL_TRACES_SAMPLER`,
 * and batches of spans to Zipkin.
 */
export function startTracing(options: TracingOptions): Tracing {
  const { service, revision, zipkinEndpoint } = options;
  // The SDK would start OTLP exporters of its own where these are not set; logs go to stdout here
  // and metrics to Prometheus.
  process.env.OTEL_LOGS_EXPORTER ??= "none";
  process.env.OTEL_METRICS_EXPORTER ??= "none";
  const sdk = new NodeSDK({
    resource: resourceFromAttributes({
      "service.name": service,
      ...(revision ? { "service.version": revision } : {}),
    }),
    autoDetectResources: false,
    textMapPropagator: new ShopPropagator(),
    // Without an endpoint spans are made all the same, since logs and propagation need their ids.
    spanProcessors: [zipkinEndpoint ? createBatches(zipkinEndpoint) : discardSpans],
  });
  sdk.start();
  return { shutdown: () => sdk.shutdown() };
}

function createBatches(url: string): BatchSpanProcessor {
  return new BatchSpanProcessor({
    exporter: new ZipkinExporter({ url }),
    // Short, so that a trace can be looked at right after its request.
    scheduledDelayMillis: 500,
    exportTimeoutMillis: 2000,
    maxQueueSize: 8192,
    maxExportBatchSize: 512,
  });
}

const discardSpans = {
  onStart: () => undefined,
  onEnd: () => undefined,
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};
