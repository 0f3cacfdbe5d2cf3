import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { itemsOf, knativeServices } from "#backends/kube-objects.ts";
import { readExperiment } from "#study/experiment/read-experiment.ts";
import { studyLabel } from "#study/platforms/apply-policy.ts";
import { openKnativePlatform } from "#study/platforms/knative-platform.ts";
import type { PlatformSettings } from "#study/records/run-file.ts";
import { RunFolder } from "#study/records/run-folder.ts";
import { runExperiment } from "#study/run/run-experiment.ts";
import { startRun } from "#study/run/start-run.ts";
import { poll } from "../fixtures/poll.ts";
import { cluster, kubectl, skip } from "./fixtures/cluster.ts";

const text = `name: on-a-cluster
title: One function on the cluster
question: Is a cold call verified, measured and explained?
entry: { kind: rpc, method: CurrencyService/GetSupportedCurrencies }
conditions:
  - name: cold
  - name: warm
    from: warm
`;

const { namespace, gateway, internalGateway } = cluster;

function settingsWith(images: PlatformSettings["images"]): PlatformSettings {
  return { kind: "knative", namespace, context: null, images, gateway, internalGateway };
}

function createFolder(t: TestContext, experiment: string, settings: PlatformSettings): RunFolder {
  const path = mkdtempSync(join(tmpdir(), "study-"));
  t.after(() => rmSync(path, { recursive: true }));
  const folder = new RunFolder(path);
  const read = readExperiment(experiment, "x.yaml", () => "");
  folder.create(startRun(read, settings, { repetitions: 1, only: undefined }, new Date()));
  return folder;
}

async function listNames(kind: string, ...selector: string[]): Promise<string[]> {
  const list = await kubectl.readJson(["get", kind, "-n", namespace, ...selector]);
  return itemsOf(list).map(({ metadata }) => metadata.name);
}

test("a study takes cold and warm samples of a deployed shop, and restores its Services", {
  skip,
}, async (t) => {
  const settings = settingsWith({});
  const folder = createFolder(t, text, settings);
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

  const platform = await openKnativePlatform(settings);
  try {
    const { signal } = new AbortController();
    assert.deepEqual(await runExperiment(folder, { platform, signal }), { kind: "complete" });
  } finally {
    await platform.close();
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
  assert.deepEqual(await listNames("revisions", "-l", studyLabel), []);
});

test("a run can be interrupted while an image does not start, and the next run cleans up", {
  skip,
}, async (t) => {
  const settings = settingsWith({ baseline: "registry.invalid/nothing:1" });
  const only = text.replace(/- name: cold.*/s, "- name: baseline\n    deployment: baseline\n");
  const folder = createFolder(t, only, settings);
  const killed = await openKnativePlatform(settings);
  t.after(() => killed.close());
  const interrupt = new AbortController();
  const ended = runExperiment(folder, { platform: killed, signal: interrupt.signal });
  const service = "currencyservice-baseline";
  const isThere = async () => (await listNames(knativeServices)).includes(service);
  await poll(
    async () => ((await isThere()) ? true : undefined),
    () => `${service} does not exist`,
    30_000,
  );
  interrupt.abort();
  assert.deepEqual(await ended, { kind: "interrupted" });
  assert.equal(await isThere(), true, "a platform that was not closed keeps its Service");

  const next = await openKnativePlatform(settings);
  try {
    assert.equal(await isThere(), false);
  } finally {
    await next.close();
  }
});

test("Ctrl-C during a run restores the Services", {
  skip,
  timeout: 120_000,
}, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "study-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "x.yaml");
  writeFileSync(file, text);
  const out = join(folder, "out");
  const options = ["--platform", "knative", "--namespace", namespace, "--out", out];
  const gateways = ["--gateway", gateway, "--internal-gateway", internalGateway];
  const program = join(import.meta.dirname, "..", "..", "cli", "shop.ts");
  const args = [program, "study", "run", file, ...options, ...gateways];
  // A separate process group, because a terminal sends Ctrl-C to the whole group.
  const study = spawn(process.execPath, args, { detached: true, stdio: "ignore" });
  const exited = once(study, "exit");
  t.after(() => study.kill());
  // The cluster may still be deleting revisions of other Services from previous tests.
  const selector = `${studyLabel},serving.knative.dev/service=currencyservice`;
  const listOwn = () => listNames("revisions", "-l", selector);
  await poll(
    async () => ((await listOwn()).length > 0 ? true : undefined),
    () => "the study has created no revision",
    60_000,
  );
  process.kill(-(study.pid ?? assert.fail("it did not start")), "SIGINT");
  assert.deepEqual(await exited, [130, null]);
  const path = "jsonpath={.spec.traffic[0].revisionName}";
  const read = ["get", knativeServices, "currencyservice", "-n", namespace, "-o", path];
  assert.equal(await kubectl.read(read), "", "requests go to the latest revision again");
  assert.deepEqual(await listOwn(), []);
});
