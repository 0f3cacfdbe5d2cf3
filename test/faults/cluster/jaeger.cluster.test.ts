import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { KubeObject } from "#backends/kube-objects.ts";
import { queryPrometheus } from "#backends/prometheus.ts";
import { serviceNames } from "../../fixtures/call-graph.ts";
import { poll } from "../../fixtures/poll.ts";
import { cluster, kubectl, skip } from "../../knative/fixtures/cluster.ts";
import { removeProgram, startProgram } from "../../knative/fixtures/program.ts";
import { countOf } from "../counts.ts";
import { runFault } from "./fixtures/run-fault.ts";

const inNamespace = ["-n", cluster.namespace];
const collector = "slow-collector";

interface Service extends KubeObject {
  spec: { selector: object; ports: object[] };
}

// What receives the spans instead of Jaeger.
const faults = {
  "Jaeger down": { selector: { app: "none" }, targetPort: 9411 },
  "Jaeger slow": { selector: { app: collector }, targetPort: 9411 },
  "Jaeger hanging": { selector: { app: collector }, targetPort: 9412 },
};

const tested = countOf<(keyof typeof faults)[]>({
  full: ["Jaeger down", "Jaeger slow", "Jaeger hanging"],
  short: ["Jaeger hanging"],
});

describe("no request fails for", { skip }, () => {
  let jaeger: Service;

  before(async () => {
    jaeger = (await kubectl.readJson(["get", "service", "jaeger", ...inNamespace])) as Service;
    const entry = join(import.meta.dirname, "fixtures", "collector", "program.ts");
    await startProgram({
      name: collector,
      entry,
      port: 9411,
      targetPort: 9411,
      callers: serviceNames,
    });
    // Connections to it would stay open.
    await scaleJaeger(0);
  });

  after(async () => {
    await route(jaeger.spec.selector, jaeger.spec.ports);
    await scaleJaeger(1);
    await removeProgram(collector);
  });

  for (const fault of tested) {
    test(fault, async (t) => {
      const { selector, targetPort } = faults[fault];
      const { traffic, unmailed } = await runFault(t, fault, () =>
        route(selector, [{ name: "zipkin", port: 9411, targetPort }]),
      );
      assert.deepEqual(traffic.errors, []);
      assert.deepEqual(unmailed, []);
      // A slow collector may accept all spans.
      if (fault === "Jaeger slow") return;
      const count = await countLostSpans();
      t.diagnostic(`${count} spans lost within five minutes`);
    });
  }
});

async function countLostSpans(): Promise<number> {
  const lost = "sum(service:otel_spans_lost:count5m) > 0";
  return poll(
    async () => (await queryPrometheus(cluster.prometheusUrl, lost)).at(0)?.value,
    () => "no metric counts the lost spans",
    60_000,
  );
}

async function route(selector: object, ports: readonly object[]): Promise<void> {
  const patch = [
    { op: "replace", path: "/spec/selector", value: selector },
    { op: "replace", path: "/spec/ports", value: ports },
  ];
  const change = ["--type=json", "-p", JSON.stringify(patch)];
  await kubectl.read(["patch", "service", "jaeger", ...inNamespace, ...change]);
}

async function scaleJaeger(replicas: 0 | 1): Promise<void> {
  const jaeger = ["deployment/jaeger", ...inNamespace];
  await kubectl.read(["scale", ...jaeger, `--replicas=${replicas}`]);
  const rollout = ["rollout", "status", ...jaeger, "--timeout=90s"];
  await kubectl.read(rollout, { timeoutMs: 100_000 });
}
