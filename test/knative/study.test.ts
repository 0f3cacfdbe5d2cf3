import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { itemsOf, knativeServices } from "#knative/deploy/objects.ts";
import { readExperiment } from "#study/experiment/read-experiment.ts";
import { RunFolder } from "#study/results/run-folder.ts";
import { runExperiment } from "#study/run-experiment.ts";
import { startRun } from "#study/start-run.ts";
import { openKnativeTarget } from "#study/target/knative-target.ts";
import { cluster, kubectl, skip } from "./cluster.ts";

const text = `name: on-a-cluster
title: One function on the cluster
question: Is a cold call verified, measured and explained?
entry: { kind: rpc, method: CurrencyService/GetSupportedCurrencies }
conditions:
  - name: cold
  - name: warm
    from: warm
`;

test("a study takes cold and warm samples of a deployed shop, and puts its Services back", {
  skip,
}, async (t) => {
  const path = mkdtempSync(join(tmpdir(), "study-"));
  t.after(() => rmSync(path, { recursive: true }));
  const { namespace, gateway, internalGateway } = cluster;
  const settings = {
    kind: "knative",
    namespace,
    context: null,
    images: {},
    gateway,
    internalGateway,
  } as const;
  const folder = new RunFolder(path);
  const read = readExperiment(text, "x.yaml", () => "");
  folder.create(startRun(read, settings, { repetitions: 1, only: undefined }, new Date()));
  const readTemplate = () =>
    kubectl.read([
      "get",
      knativeServices,
      "currencyservice",
      "-n",
      namespace,
      "-o",
      "jsonpath={.spec}",
    ]);
  const before = await readTemplate();

  const target = await openKnativeTarget(settings);
  try {
    const { signal } = new AbortController();
    assert.deepEqual(await runExperiment(folder, { target, signal }), { kind: "complete" });
  } finally {
    await target.close();
  }

  const calls = new Map(folder.readCalls().map((row) => [row.condition, row]));
  const cold = calls.get("cold");
  assert.equal(cold?.isCold, true);
  assert.ok((cold.phases?.modules ?? 0) > 0, "the boot is in the trace");
  assert.ok((cold.phases?.sandbox ?? 0) > 0, "the pod was watched");
  assert.ok((cold.phases?.unexplained ?? 0) < cold.latencyMs / 4, "little is unexplained");
  assert.equal(calls.get("warm")?.isCold, false);
  const sample = folder.readSamples().find(({ condition }) => condition === "cold");
  assert.deepEqual(sample?.zero?.instances, []);
  assert.ok((sample.podSeconds.currencyservice ?? 0) > 5);

  assert.equal(await readTemplate(), before);
  const left = await kubectl.readJson([
    "get",
    "revisions",
    "-n",
    namespace,
    "-l",
    "hipstershop.dev/study",
  ]);
  assert.deepEqual(itemsOf(left), []);
});
