import assert from "node:assert/strict";
import { test } from "node:test";
import { parseObjects } from "../manifests/render-manifests.ts";
import { findConflicts, withoutKinds } from "./config-keys.ts";
import { describeKeys } from "./platform-config.ts";
import { findHolder } from "./platform-holder.ts";
import { markForNamespace } from "./platform-objects.ts";
import { describeSkipped, findKeyChanges } from "./platform-plan.ts";

// As kubectl reports the refusals of Kubernetes 1.36.3.
const single =
  'error: Apply failed with 1 conflict: conflict with "user": .data.tracing-endpoint\nPlease review';
const several = `error: Apply failed with 3 conflicts: conflicts with "admin" using v1:
- .data.metrics-protocol
conflicts with "user":
- .data.tracing-endpoint
- .data.tracing-protocol
Please review the fields above--they currently have other managers. Here
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`;

test("each key in conflict is read with its field manager", () => {
  assert.deepEqual([...findConflicts(single)], [["tracing-endpoint", "user"]]);
  assert.deepEqual(
    [...findConflicts(several)],
    [
      ["metrics-protocol", "admin"],
      ["tracing-endpoint", "user"],
      ["tracing-protocol", "user"],
    ],
  );
  assert.equal(findConflicts("Error from server (Forbidden): no").size, 0);
});

test("a key in conflict leaves out the keys with its prefix, and no others", () => {
  const data = { "tracing-endpoint": "a", "tracing-protocol": "b", "metrics-protocol": "c" };
  assert.deepEqual(withoutKinds(data, findConflicts(single)), { "metrics-protocol": "c" });
});

test("a kept key is reported with its field manager and the effect", () => {
  const map = { name: "config-observability", namespace: "knative-serving" };
  const applied = { conflicts: findConflicts(single), refusal: undefined };
  const [line, ...others] = describeKeys(map, applied);
  assert.match(line ?? "", /keeps tracing-endpoint \(set by user\): .*may not reach the shop's/);
  assert.deepEqual(others, []);
  const refused = describeKeys(map, { conflicts: new Map(), refusal: "Forbidden" });
  assert.deepEqual(refused, ["config-observability in knative-serving was not changed: Forbidden"]);
});

test("Knative's spans go to the first shop as long as it exists", () => {
  const keys = { "tracing-endpoint": "http://jaeger.first.svc.cluster.local:4317" };
  assert.equal(findHolder(keys, ["first", "second"], "second"), "first");
  assert.equal(findHolder(keys, ["second"], "second"), undefined);
  assert.equal(findHolder(keys, ["first", "second"], "first"), undefined);
  assert.equal(findHolder(keys, undefined, "second"), "first");
  assert.equal(findHolder({}, ["first"], "second"), undefined);
});

test("a Role outside of the shop's namespace has its name and label, and its RoleBinding refers to it", () => {
  const [binding] = parseObjects(`
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: reader, namespace: knative-serving, labels: { a: b } }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader }
`);
  assert.ok(binding);
  const marked = markForNamespace(binding, "other") as typeof binding & { roleRef: object };
  assert.equal(marked.metadata.name, "reader-other");
  assert.deepEqual(marked.metadata.labels, { a: "b", "hipstershop.dev/namespace": "other" });
  assert.match(JSON.stringify(marked.roleRef), /"name":"reader-other"/);
});

test("a deploy without --configure-platform reports each key with both values, each restart, and the effects", () => {
  const before = { "tracing-endpoint": "http://other", "metrics-protocol": "prometheus" };
  const wanted = { ...before, "tracing-endpoint": "http://mine", "tracing-protocol": "grpc" };
  const keys = findKeyChanges(before, wanted);
  assert.deepEqual(describeSkipped({ keys, objects: [], kept: ["kept"] }), [
    "kept",
    "Knative's own settings are not changed. --configure-platform would also change:",
    "  knative-serving: config-observability: tracing-endpoint: http://other -> http://mine",
    "  knative-serving: config-observability: tracing-protocol: not set -> grpc",
    "  knative-serving: deployment/activator: restarted",
    "  knative-serving: deployment/autoscaler: restarted",
    "  knative-serving: deployment/controller: restarted",
    "Until then traces have no spans of Knative's activator and queue-proxies.",
  ]);
  const role = { kind: "Role", metadata: { name: "reader" } };
  const lines = describeSkipped({ keys: [], objects: [role], kept: [] });
  assert.equal(lines[1], "  knative-serving: Role reader: applied");
  assert.match(lines[2] ?? "", /^Until then Prometheus lacks metrics of Knative's/);
  const events = { key: "authentication-oidc", from: "disabled", to: "enabled" };
  assert.deepEqual(describeSkipped({ keys: [], objects: [], events, kept: [] }).slice(1), [
    "  knative-eventing: config-features: authentication-oidc: disabled -> enabled",
    "Until then every pod of the cluster can send events to the shop.",
  ]);
  assert.deepEqual(describeSkipped({ keys: [], objects: [], kept: [] }), []);
});
