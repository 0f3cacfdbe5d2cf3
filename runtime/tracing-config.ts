import { type EnvironmentReader, parseDurationMs } from "./environment.ts";

/** Which spans are exported, and to which endpoint. */
export interface TracingConfig {
  /** OTEL_TRACES_EXPORTER. */
  readonly exporter: "zipkin" | "otlp" | "none";
  /** The URL of the exporter's own protocol; undefined if spans are not sent. */
  readonly endpoint: string | undefined;
  /** OTEL_TRACES_SAMPLER. */
  readonly sampler: SamplerName;
  /** OTEL_TRACES_SAMPLER_ARG: the share of traces that samplers with a ratio sample, from 0 to 1. */
  readonly samplerRatio: number;
  /** SHOP_TRACES_KEEP; undefined if the sampler alone decides. */
  readonly tailSampling: TailSamplingPolicy | undefined;
}

// The samplers themselves are loaded after the port is open.
const samplers = [
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio",
] as const;

/** The samplers of OTEL_TRACES_SAMPLER (OpenTelemetry, environment variable specification). */
export type SamplerName = (typeof samplers)[number];

/** The requests that are traced although the sampler did not sample them. */
export interface TailSamplingPolicy {
  /** Requests that took this many milliseconds or more; undefined if duration is not a criterion. */
  readonly slowMs: number | undefined;
  /** Whether requests that failed are traced. */
  readonly error: boolean;
  /** Whether requests that waited for a cold start are traced. */
  readonly cold: boolean;
}

const tailSamplingRule = "a list of slow=DURATION, error and cold, such as slow=1s,error,cold";

const http = ["http:", "https:"] as const;

/** Reads OpenTelemetry's variables of exporters and samplers, and SHOP_TRACES_KEEP. */
export function readTracingConfig(read: EnvironmentReader): TracingConfig {
  const exporter = read.oneOf("OTEL_TRACES_EXPORTER", ["zipkin", "otlp", "none"], "zipkin");
  const zipkin = read.optionalUrl("OTEL_EXPORTER_ZIPKIN_ENDPOINT", http)?.href;
  const traces = read.optionalUrl("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", http)?.href;
  const base = read.optionalUrl("OTEL_EXPORTER_OTLP_ENDPOINT", http)?.href;
  // The specification's default endpoint, for an exporter that is configured by name.
  const otlp = traces ?? `${(base ?? "http://localhost:4318").replace(/\/$/, "")}/v1/traces`;
  return {
    exporter,
    endpoint: { zipkin, otlp, none: undefined }[exporter],
    sampler: read.oneOf("OTEL_TRACES_SAMPLER", samplers, "parentbased_always_on"),
    samplerRatio: read.ratio("OTEL_TRACES_SAMPLER_ARG", 1),
    tailSampling: read.optional("SHOP_TRACES_KEEP", tailSamplingRule, parseTailSampling),
  };
}

/** Reads SHOP_TRACES_KEEP; undefined if it is malformed. */
export function parseTailSampling(text: string): TailSamplingPolicy | undefined {
  let policy: TailSamplingPolicy = { slowMs: undefined, error: false, cold: false };
  for (const word of text.split(",").map((part) => part.trim())) {
    const slowMs = word.startsWith("slow=") ? parseDurationMs(word.slice(5)) : undefined;
    if (slowMs !== undefined) policy = { ...policy, slowMs };
    else if (word === "error" || word === "cold") policy = { ...policy, [word]: true };
    else return undefined;
  }
  return policy;
}
