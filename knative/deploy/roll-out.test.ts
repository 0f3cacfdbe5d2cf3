import assert from "node:assert/strict";
import { test } from "node:test";
import type { KubeObject } from "#backends/kube-objects.ts";
import { findRefused } from "../checks/check-rights.ts";
import { isPartOf } from "../manifests/optional-parts.ts";
import { findUnchanged } from "./apply-manifests.ts";
import { createSecret, findGeneratedSecrets } from "./generated-secrets.ts";
import { batchServices } from "./roll-out.ts";

const apiVersion = "serving.knative.dev/v1";

function create(kind: string, name: string, more: Partial<KubeObject> = {}): KubeObject {
  return { kind, ...more, metadata: { name, ...more.metadata } };
}

test("functions are rolled out in batches, sorted by name", () => {
  const services = ["d", "a", "c", "b"].map((name) => create("Service", name, { apiVersion }));
  const names = (size: number) =>
    batchServices(services, size).map((batch) =>
      batch.map(({ metadata }) => metadata.name).join(""),
    );
  assert.deepEqual(names(3), ["abc", "d"]);
  assert.deepEqual(names(4), ["abcd"]);
  assert.deepEqual(names(1), ["a", "b", "c", "d"]);
  assert.deepEqual(batchServices([], 3), []);
});

test("a Service is unchanged if the dry run keeps its generation", () => {
  const service = (name: string, generation: number) =>
    create("Service", name, { apiVersion, metadata: { name, generation } });
  const present = [service("a", 1), service("b", 1)];
  const checked = [service("a", 1), service("b", 2), service("c", 1), create("Service", "redis")];
  assert.deepEqual(findUnchanged(present, checked), ["a"]);
  const list = { kind: "List", metadata: {}, items: checked } as unknown as KubeObject;
  assert.deepEqual(findUnchanged(present, [list]), ["a"]);
});

test("an optional part is left out with all its objects, and no others", () => {
  const objects = [
    create("Role", "prometheus"),
    create("ConfigMap", "prometheus-2fh9k7"),
    create("Deployment", "prometheus-adapter"),
    create("ConfigMap", "grafana-dashboards"),
  ];
  assert.deepEqual(
    objects.map((object) => isPartOf(object, "prometheus")),
    [true, true, false, false],
  );
});

test("each password is different, and its Secret has the shop's label", () => {
  const [first, second] = [createSecret("redis"), createSecret("redis")];
  assert.match(first.stringData.password ?? "", /^[\w-]{32}$/);
  assert.notEqual(first.stringData.password, second.stringData.password);
  assert.deepEqual(first.metadata, {
    name: "redis",
    labels: { "app.kubernetes.io/part-of": "hipster-shop" },
  });
});

test("a workload's annotation names the Secret that is generated for it", () => {
  const annotations = { "hipstershop.dev/generated-secret": "redis" };
  const redis = create("StatefulSet", "redis", { metadata: { name: "redis", annotations } });
  assert.deepEqual(findGeneratedSecrets([create("Service", "a"), redis, redis]), ["redis"]);
});

test("a missing right is reported with the option that does not need it", async () => {
  const kubectl = { read: async () => "false\nfalse\nfalse\nfalse\ntrue\n" };
  const [rbac = "", platform = "", other = "", ...rest] = await findRefused(kubectl, [
    { verb: "create", resource: "roles.rbac.authorization.k8s.io", namespace: "shop" },
    { verb: "patch", resource: "roles.rbac.authorization.k8s.io", namespace: "shop" },
    { verb: "patch", resource: "configmaps", namespace: "knative-serving" },
    { verb: "patch", resource: "configmaps", namespace: "shop" },
    { verb: "create", resource: "configmaps", namespace: "shop" },
  ]);
  assert.deepEqual(rest, []);
  assert.match(
    rbac,
    /^you may not create or patch roles\.rbac\S+ in namespace shop: .*--without prometheus/,
  );
  assert.match(platform, /in namespace knative-serving: leave out --configure-platform/);
  assert.equal(
    other,
    "you may not patch configmaps in namespace shop: ask for a role with this right",
  );
});
