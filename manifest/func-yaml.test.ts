import assert from "node:assert/strict";
import { test } from "node:test";
import { checkFuncYaml } from "./func-yaml.ts";

const cases: readonly [
  limit: string | undefined,
  target: number,
  metric: string,
  found?: string,
][] = [
  ["51", 50, "concurrency"],
  [undefined, 99, "concurrency"],
  ["10", 500, "rps"],
  ["50", 50, "concurrency", "50"],
  [undefined, 100, "concurrency", "100"],
  ["many", 50, "rps", "many"],
];

for (const [limit, target, metric, found] of cases) {
  const title = `a limit of ${limit ?? "100, the default,"} requests with ${metric} ${target} is`;
  test(`${title} ${found === undefined ? "accepted" : "reported"}`, () => {
    const problems: string[] = [];
    checkFuncYaml(funcYaml(limit, target, metric), (problem) => problems.push(problem));
    const rule = `expected a whole number above deploy.options.scale.target, ${target}`;
    assert.deepEqual(
      problems,
      found === undefined ? [] : [`MAX_CONCURRENT_REQUESTS is "${found}": ${rule}`],
    );
  });
}

function funcYaml(limit: string | undefined, target: number, metric: string) {
  const limits = { cpu: "1000m", memory: "256Mi", concurrency: 0 };
  return {
    name: "cart",
    runtime: "typescript",
    created: "2026-11-24T00:00:00Z",
    run: { envs: limit === undefined ? [] : [{ name: "MAX_CONCURRENT_REQUESTS", value: limit }] },
    deploy: {
      options: {
        scale: { min: 0, max: 1, metric, target },
        resources: { requests: { cpu: "50m", memory: "64Mi" }, limits },
      },
    },
  };
}
