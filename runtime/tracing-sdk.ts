import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { getBooleanFromEnv } from "@opentelemetry/core";
import { ZipkinExporter } from "@opentelemetry/exporter-zipkin";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  createAlwaysRecordSampler,
  NoopSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
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
 * Starts OpenTelemetry for this process: context, propagation, sampling, and batches of spans. The provider's
 * `shutdown` exports the remaining spans and stops; it is bounded by the exporter's own timeout.
 *
 * The parts are put together here and not by NodeSDK, which also loads the SDKs of metrics and logs.
 *
 * @returns undefined if OTEL_SDK_DISABLED is `true`
 */
export async function startTracing({
  service,
  revision,
  tracing,
}: TracingOptions): Promise<TracerProvider | undefined> {
  // Also without spans, since outgoing calls inherit their deadline through the context.
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  if (getBooleanFromEnv("OTEL_SDK_DISABLED")) return undefined;
  propagation.setGlobalPropagator(new ShopPropagator());
  const { sampler: name, samplerRatio, tailSampling } = tracing;
  const sampler = createSampler(name, samplerRatio);
  const exporter = await createExporter(tracing);
  // Spans are created without an endpoint, too, since logs and propagation need their ids.
  const processor = exporter ? createBatches(exporter) : new NoopSpanProcessor();
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      "service.name": service,
      ...(revision ? { "service.version": revision } : {}),
    }),
    sampler: tailSampling ? createAlwaysRecordSampler(sampler) : sampler,
    spanProcessors: [tailSampling ? new TailSamplingProcessor(processor, tailSampling) : processor],
  });
  trace.setGlobalTracerProvider(provider);
  return provider;
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
