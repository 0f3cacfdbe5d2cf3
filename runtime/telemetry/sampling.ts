import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace";

/** The samplers of OTEL_TRACES_SAMPLER (OpenTelemetry, environment variable specification). */
export type SamplerName = RootSampler | `parentbased_${RootSampler}`;

type RootSampler = "always_on" | "always_off" | "traceidratio";

/** Makes a sampler; `ratio`, from 0 to 1, is what those with a ratio keep. */
export function createSampler(name: SamplerName, ratio: number): Sampler {
  const root = createRootSampler(name.replace("parentbased_", ""), ratio);
  return name.startsWith("parentbased_") ? new ParentBasedSampler({ root }) : root;
}

function createRootSampler(name: string, ratio: number): Sampler {
  if (name === "always_on") return new AlwaysOnSampler();
  if (name === "always_off") return new AlwaysOffSampler();
  return new TraceIdRatioBasedSampler(ratio);
}
