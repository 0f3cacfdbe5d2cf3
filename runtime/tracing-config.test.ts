import assert from "node:assert/strict";
import { test } from "node:test";
import { readEnvironment } from "./environment.ts";
import { readTracingConfig } from "./tracing-config.ts";

const read = (env: Record<string, string>) => readEnvironment(env, readTracingConfig);

test("spans are not exported by default", () => {
  assert.deepEqual(
    { ...read({}) },
    {
      exporter: "zipkin",
      endpoint: undefined,
      sampler: "parentbased_always_on",
      samplerRatio: 1,
      tailSampling: undefined,
    },
  );
});

test("OTLP uses the endpoint of traces, otherwise a path of the common endpoint", () => {
  const otlp = { OTEL_TRACES_EXPORTER: "otlp" };
  assert.equal(read(otlp).endpoint, "http://localhost:4318/v1/traces");
  const common = { ...otlp, OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318/" };
  assert.equal(read(common).endpoint, "http://collector:4318/v1/traces");
  const own = { ...common, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://jaeger:4318/spans" };
  assert.equal(read(own).endpoint, "http://jaeger:4318/spans");
});

test("every invalid variable is reported with its rule", () => {
  assert.throws(
    () =>
      read({
        OTEL_TRACES_EXPORTER: "jaeger",
        OTEL_TRACES_SAMPLER: "sometimes",
        OTEL_TRACES_SAMPLER_ARG: "2",
        SHOP_TRACES_KEEP: "quick",
      }),
    {
      name: "ConfigError",
      message:
        /OTEL_TRACES_EXPORTER is "jaeger": expected one of zipkin, otlp, none\nOTEL_TRACES_SAMPLER is "sometimes".*\nOTEL_TRACES_SAMPLER_ARG is "2": expected a number from 0 to 1\nSHOP_TRACES_KEEP is "quick": expected a list/,
    },
  );
});
