import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import type { SpanExporter } from "@opentelemetry/sdk-trace";

/** Creates an exporter for OTLP over HTTP with JSON; `url` includes the path of traces. */
export function createOtlpExporter(url: string): SpanExporter {
  return new OTLPTraceExporter({ url });
}
