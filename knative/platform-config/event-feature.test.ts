import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { KubeObject } from "#backends/kube-objects.ts";
import { createKubectl, type Kubectl } from "#backends/kubectl.ts";
import { enableEventFeature, restoreEventFeature } from "./event-feature.ts";

const annotation = "hipstershop.dev/authentication-oidc-before";

/** A cluster with Eventing's config map: applies merge patches to it, and lists the shops' EventPolicies. */
function createCluster(value: string | undefined, users: readonly string[] = []) {
  const data: Record<string, string | null | undefined> = { other: "kept" };
  if (value !== undefined) data["authentication-oidc"] = value;
  const annotations: Record<string, string | null | undefined> = {};
  const merge = (into: Record<string, unknown>, from: Record<string, unknown> = {}) => {
    for (const [key, each] of Object.entries(from)) {
      if (each === null) delete into[key];
      else into[key] = each;
    }
  };
  const kubectl: Kubectl = {
    ...createKubectl(),
    run: async (args) => {
      if (args[0] === "patch") {
        const change = JSON.parse(args.at(-1) ?? "{}");
        merge(data, change.data);
        merge(annotations, change.metadata?.annotations);
      }
      return { exitCode: 0, stdout: "", stderr: "" };
    },
    readJson: async (args) => {
      if (args[1] === "cm") return { kind: "ConfigMap", metadata: { annotations }, data };
      const isPolicies = args[1]?.startsWith("eventpolicies") ?? false;
      const namespaces = isPolicies ? users : [];
      return { items: namespaces.map((namespace) => ({ kind: "X", metadata: { namespace } })) };
    },
  };
  const enable = (from: string | undefined, objects: readonly KubeObject[] = []) =>
    enableEventFeature(kubectl, { key: "", from, to: "enabled" }, objects, "shop");
  return { kubectl, data, annotations, enable };
}

describe("the feature of Eventing with which events have identities", () => {
  for (const value of ["disabled", undefined]) {
    test(`is restored to ${value ?? "none"}`, async () => {
      const { kubectl, data, annotations, enable } = createCluster(value);
      assert.deepEqual(await enable(value), []);
      assert.equal(data["authentication-oidc"], "enabled");
      assert.equal(annotations[annotation], value ?? "");
      assert.deepEqual(await restoreEventFeature(kubectl, "shop"), []);
      assert.deepEqual(
        data,
        value === undefined
          ? { other: "kept" }
          : { other: "kept", "authentication-oidc": "disabled" },
      );
      assert.deepEqual(annotations, {});
    });
  }

  test("stays as long as a shop in another namespace uses it", async () => {
    const { kubectl, data, enable } = createCluster("disabled", ["other", "shop"]);
    await enable("disabled");
    const [line] = await restoreEventFeature(kubectl, "shop");
    assert.match(line ?? "", /^config-features in knative-eventing keeps .* namespace other$/);
    assert.equal(data["authentication-oidc"], "enabled");
  });

  test("is kept if somebody else enabled it, or changed it since", async () => {
    const foreign = createCluster("enabled");
    assert.deepEqual(await restoreEventFeature(foreign.kubectl, "shop"), []);
    assert.equal(foreign.data["authentication-oidc"], "enabled");

    const changed = createCluster("disabled");
    await changed.enable("disabled");
    changed.data["authentication-oidc"] = "allowed";
    await restoreEventFeature(changed.kubectl, "shop");
    assert.equal(changed.data["authentication-oidc"], "allowed");
    assert.deepEqual(changed.annotations, {});
  });
});
