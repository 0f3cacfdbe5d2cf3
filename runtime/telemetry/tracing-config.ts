import type { EnvironmentReader } from "../environment.ts";
import type { SamplerName } from "./sampling.ts";
import { type KeepRule, keepRuleForm, parseKeepRule } from "./tail-sampling.ts";

/** Where spans go, and which. */
export interface TracingConfig {
  /** OTEL_TRACES_EXPORTER. */
  readonly exporter: "zipkin" | "otlp" | "none";
  /** Where they are sent, in the exporter's own protocol; without it nowhere. */
  readonly endpoint: string | undefined;
  /** OTEL_TRACES_SAMPLER. */
  readonly sampler: SamplerName;
  /** OTEL_TRACES_SAMPLER_ARG. */
  readonly samplerRatio: number;
  /** SHOP_TRACES_KEEP. */
  readonly keep: KeepRule | undefined;
}

// Written out here, since the samplers themselves are loaded after the port is open.
const samplers = [
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio",
] as const satisfies readonly SamplerName[];

const http = ["http:", "https:"] as const;

/** Reads OpenTelemetry's variables of exporters and samplers, and SHOP_TRACES_KEEP. */
export function readTracingConfig(read: EnvironmentReader): TracingConfig {
  const exporter = read.oneOf("OTEL_TRACES_EXPORTER", ["zipkin", "otlp", "none"], "zipkin");
  const zipkin = read.optionalUrl("OTEL_EXPORTER_ZIPKIN_ENDPOINT", http)?.href;
  const traces = read.optionalUrl("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", http)?.href;
  const base = read.optionalUrl("OTEL_EXPORTER_OTLP_ENDPOINT", http)?.href;
  // The specification's default, for an exporter that was asked for by name.
  const otlp = traces ?? `${(base ?? "http://localhost:4318").replace(/\/$/, "")}/v1/traces`;
  return {
    exporter,
    endpoint: { zipkin, otlp, none: undefined }[exporter],
    sampler: read.oneOf("OTEL_TRACES_SAMPLER", samplers, "parentbased_always_on"),
    samplerRatio: read.ratio("OTEL_TRACES_SAMPLER_ARG", 1),
    keep: read.optional("SHOP_TRACES_KEEP", keepRuleForm, parseKeepRule),
  };
}
