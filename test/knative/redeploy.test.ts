import assert from "node:assert/strict";
import { test } from "node:test";
import { itemsOf, type KubeObject, shopSelector } from "#backends/kube-objects.ts";
import { listObjects } from "#knative/undeploy/list-objects.ts";
import { isOwn } from "#knative/undeploy/undeploy.ts";
import { serviceNames } from "../fixtures/call-graph.ts";
import { cluster, kubectl, skip } from "./fixtures/cluster.ts";
import { runShop } from "./fixtures/run-shop.ts";
import { testOverlay } from "./settings.ts";

const { namespace } = cluster;
const registry = process.env.KNATIVE_REGISTRY ?? "";
const tag = process.env.KNATIVE_TAG ?? "";
const overlay = process.env.KNATIVE_OVERLAY ?? testOverlay;
const imageOptions = process.env.KNATIVE_IMAGE_OPTIONS?.split(" ") ?? [];

test("a second deploy of the same sources changes no object and restarts nothing", {
  skip,
}, async () => {
  const target = ["--overlay", overlay, "--namespace", namespace, "--configure-platform"];
  const build = ["--registry", registry, "--tag", tag, ...imageOptions];
  const deploy = () => {
    const { status, stdout, stderr } = runShop(["deploy", ...target, ...build]);
    assert.equal(status, 0, stderr);
    return stdout;
  };
  // Ends the releases that earlier tests have left.
  deploy();
  const before = await readVersions();
  const stdout = deploy();
  assert.ok(stdout.split("\n").includes(`${serviceNames.length} functions are unchanged`), stdout);
  assert.doesNotMatch(stdout, /^(pushed|rolling out|Secret) |restarted|->/m);
  assert.deepEqual(await readVersions(), before);
});

// The values that an apply changes: an object's generation, or else its version. The Deployments of
// Knative are included, because a restart changes their generation.
async function readVersions(): Promise<string[]> {
  const [own, revisions, platform, config] = await Promise.all([
    listObjects(kubectl, namespace, shopSelector),
    list(["get", "revisions.serving.knative.dev", "-n", namespace]),
    list(["get", "deployments.apps", "-n", "knative-serving"]),
    list(["get", "configmaps,roles,rolebindings", "-n", "knative-serving"]),
  ]);
  return [...own.filter(isOwn), ...revisions, ...platform, ...config].map(describeVersion).sort();
}

async function list(args: readonly string[]): Promise<KubeObject[]> {
  return itemsOf(await kubectl.readJson(args));
}

function describeVersion({ kind, metadata }: KubeObject): string {
  const { generation, resourceVersion } = metadata as KubeObject["metadata"] & {
    resourceVersion: string;
  };
  const version = generation === undefined ? resourceVersion : `generation ${generation}`;
  return `${kind} ${metadata.name}: ${version}`;
}
