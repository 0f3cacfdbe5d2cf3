import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";

interface CollectorConfig {
  readonly receivers: Readonly<Record<string, unknown>>;
  readonly processors: Readonly<Record<string, unknown>> & {
    readonly tail_sampling: {
      readonly policies: readonly Readonly<
        Record<string, unknown> & { name: string; type: string }
      >[];
    };
  };
  readonly exporters: Readonly<Record<string, unknown>>;
  readonly service: {
    readonly pipelines: { readonly traces: Readonly<Record<string, readonly string[]>> };
  };
}

const config: CollectorConfig = parse(
  readFileSync(join(import.meta.dirname, "collector.yaml"), "utf8"),
);

test("the pipeline uses every component that is configured, and no other", () => {
  const { traces } = config.service.pipelines;
  assert.deepEqual(traces.receivers, Object.keys(config.receivers));
  assert.deepEqual(traces.processors, Object.keys(config.processors));
  assert.deepEqual(traces.exporters, Object.keys(config.exporters));
});

test("each sampling policy has the settings of its type", () => {
  for (const policy of config.processors.tail_sampling.policies) {
    assert.deepEqual(Object.keys(policy), ["name", "type", policy.type]);
  }
});
