import { context } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { getBooleanFromEnv } from "@opentelemetry/core";
import { ZipkinExporter } from "@opentelemetry/exporter-zipkin";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { NodeSDK } from "@opentelemetry/sdk-node";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  createAlwaysRecordSampler,
  NoopSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace";
import { ShopPropagator } from "./propagator.ts";
import type { RuntimeConfig } from "./runtime-config.ts";
import { createBatches } from "./span-batches.ts";
import { TailSamplingProcessor } from "./tail-sampling.ts";
import type { SamplerName, TracingConfig } from "./tracing-config.ts";

/**
 * The configuration of tracing: `service` and `revision` become `service.name` and `service.version` of
 * all spans.
 */
export type TracingOptions = Pick<RuntimeConfig, "service" | "revision" | "tracing">;

/**
 * Starts OpenTelemetry for this process: context, propagation, sampling, and batches of spans. The SDK's
 * `shutdown` exports the remaining spans and stops; it is bounded by the exporter's own timeout.
 */
export async function startTracing({
  service,
  revision,
  tracing,
}: TracingOptions): Promise<NodeSDK> {
  const { sampler: name, samplerRatio, tailSampling } = tracing;
  // If these are not set, the SDK starts OTLP exporters; the shop writes logs to stdout and exposes metrics
  // for Prometheus.
  process.env.OTEL_LOGS_EXPORTER ??= "none";
  process.env.OTEL_METRICS_EXPORTER ??= "none";
  const sampler = createSampler(name, samplerRatio);
  const exporter = await createExporter(tracing);
  // Spans are created without an endpoint, too, since logs and propagation need their ids.
  const processor = exporter ? createBatches(exporter) : new NoopSpanProcessor();
  const contextManager = new AsyncLocalStorageContextManager();
  const sdk = new NodeSDK({
    contextManager,
    resource: resourceFromAttributes({
      "service.name": service,
      ...(revision ? { "service.version": revision } : {}),
    }),
    autoDetectResources: false,
    textMapPropagator: new ShopPropagator(),
    sampler: tailSampling ? createAlwaysRecordSampler(sampler) : sampler,
    spanProcessors: [tailSampling ? new TailSamplingProcessor(processor, tailSampling) : processor],
  });
  sdk.start();
  // A disabled SDK sets no context manager, but outgoing calls inherit their deadline through it.
  if (getBooleanFromEnv("OTEL_SDK_DISABLED")) {
    context.setGlobalContextManager(contextManager.enable());
  }
  return sdk;
}

async function createExporter({
  exporter,
  endpoint,
}: TracingConfig): Promise<SpanExporter | undefined> {
  if (endpoint === undefined) return undefined;
  if (exporter === "zipkin") return new ZipkinExporter({ url: endpoint });
  // Loaded only if it is configured.
  const { OTLPTraceExporter } = await import("@opentelemetry/exporter-trace-otlp-http");
  return new OTLPTraceExporter({ url: endpoint });
}

/** Creates a sampler; `ratio`, from 0 to 1, is the share of traces that samplers with a ratio sample. */
export function createSampler(name: SamplerName, ratio: number): Sampler {
  const root = createRootSampler(name.replace("parentbased_", ""), ratio);
  return name.startsWith("parentbased_") ? new ParentBasedSampler({ root }) : root;
}

function createRootSampler(name: string, ratio: number): Sampler {
  if (name === "always_on") return new AlwaysOnSampler();
  if (name === "always_off") return new AlwaysOffSampler();
  return new TraceIdRatioBasedSampler(ratio);
}
