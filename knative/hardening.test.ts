import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import Ajv from "ajv-draft-04";
import { skipWithoutKubectl } from "#backends/fixtures/kubeconfig.ts";
import type { KubeObject } from "#backends/kube-objects.ts";
import { createKubectl } from "#backends/kubectl.ts";
import { readManifests } from "#manifest/manifest.ts";
import { overlaysFolder } from "./deploy/options.ts";
import { root } from "./generate/generate.ts";
import { listNetworkPolicies } from "./generate/network-policies.ts";
import { parseObjects, renderOverlay } from "./manifests/render-manifests.ts";

const overlays = [
  ...readdirSync(overlaysFolder).map((name) => join(overlaysFolder, name)),
  join(root, "test", "cluster", "overlay"),
];

const schema = JSON.parse(
  readFileSync(join(import.meta.dirname, "fixtures", "policy.schema.json"), "utf8"),
);
const ajv = new Ajv.default({ strict: false });

/** Errors of a NetworkPolicy or PodDisruptionBudget against the API server's schema; unknown fields are errors. */
function findErrors(object: KubeObject): string {
  const validate = ajv.compile({ ...schema, $ref: `#/definitions/${object.kind}` });
  return validate(object) ? "" : ajv.errorsText(validate.errors);
}

interface Pod {
  containers: { name: string; livenessProbe?: object }[];
  volumes?: { name: string; emptyDir?: { sizeLimit?: string } }[];
}

interface Workload extends KubeObject {
  spec: {
    template: { metadata: { labels: Record<string, string> }; spec: Pod };
  } & KubeObject["spec"];
}

const isWorkload = (object: KubeObject): object is Workload =>
  /^(Deployment|StatefulSet)$/.test(object.kind);

describe("the hardening of an overlay", { skip: skipWithoutKubectl }, () => {
  for (const overlay of overlays) {
    const name = overlay.split("/").slice(-2).join("/");
    const rendered = skipWithoutKubectl ? undefined : renderOverlay(createKubectl(), overlay);
    const render = async () => (await rendered) ?? [];

    test(`${name} enforces the restricted Pod Security Standard in its namespace`, async () => {
      const namespace = (await render()).find(({ kind }) => kind === "Namespace");
      const labels = namespace?.metadata.labels ?? {};
      assert.equal(labels["pod-security.kubernetes.io/enforce"], "restricted");
    });

    test(`${name} has the generated network policies and budgets, by the API's schema`, async () => {
      const objects = await render();
      const policies = objects.filter(({ kind }) => kind === "NetworkPolicy");
      for (const { metadata, spec } of listNetworkPolicies(readManifests())) {
        const found = policies.find((each) => each.metadata.name === metadata.name);
        assert.deepEqual(found?.spec, spec, metadata.name);
        assert.equal(found?.metadata.namespace, "shop");
      }
      const budgets = objects.filter(({ kind }) => kind === "PodDisruptionBudget");
      for (const object of [...policies, ...budgets]) {
        assert.equal(findErrors(object), "", object.metadata.name);
        const broken = { ...object, spec: { ...object.spec, podSelectors: {} } };
        assert.notEqual(findErrors(broken), "");
      }
    });

    test(`${name} has a budget and a liveness probe for each pod that Knative does not scale`, async () => {
      const objects = await render();
      const workloads = objects.filter(isWorkload);
      assert.ok(workloads.length >= 3);
      for (const { metadata, spec } of workloads) {
        const budget = objects.find(
          (each) => each.kind === "PodDisruptionBudget" && each.metadata.name === metadata.name,
        );
        const { matchLabels = {} } = (budget?.spec?.selector ?? {}) as { matchLabels?: object };
        assert.notDeepEqual(matchLabels, {}, metadata.name);
        for (const [key, value] of Object.entries(matchLabels)) {
          assert.equal(spec.template.metadata.labels[key], value, metadata.name);
        }
        assert.ok(spec.template.spec.containers[0]?.livenessProbe, metadata.name);
      }
    });

    test(`${name} limits the size of each emptyDir`, async () => {
      for (const { kind, metadata, spec } of await render()) {
        const pod = (spec as { template?: { spec?: Pod } } | undefined)?.template?.spec;
        for (const { name: volume, emptyDir } of pod?.volumes ?? []) {
          if (emptyDir) assert.ok(emptyDir.sizeLimit, `${kind} ${metadata.name}, volume ${volume}`);
        }
      }
    });
  }
});

test("the monolith limits the size of its files", () => {
  const [service] = parseObjects(readFileSync(join(root, "monolith", "hipster-shop.yaml"), "utf8"));
  assert.ok(service);
  const { volumes = [] } = (service.spec as unknown as { template: { spec: Pod } }).template.spec;
  assert.deepEqual(
    volumes.map(({ emptyDir }) => emptyDir),
    [{ sizeLimit: "512Mi" }],
  );
});
