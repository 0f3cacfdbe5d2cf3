import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import type { SpanExporter } from "@opentelemetry/sdk-trace";

/** Sends spans by OTLP over HTTP, as JSON, to the URL of the traces' own path. */
export function createOtlpExporter(url: string): SpanExporter {
  return new OTLPTraceExporter({ url });
}
