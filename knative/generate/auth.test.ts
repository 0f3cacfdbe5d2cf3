import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, test } from "node:test";
import { skipWithoutKubectl } from "#backends/fixtures/kubeconfig.ts";
import type { KubeObject } from "#backends/kube-objects.ts";
import { readManifests } from "#manifest/manifest.ts";
import { parseObjects, retarget } from "../manifests/render-manifests.ts";
import { root } from "./generate.ts";

interface Pod {
  serviceAccountName?: string;
  automountServiceAccountToken?: boolean;
  containers: [{ env: { name: string; value?: string }[] }];
  volumes: { projected?: { sources: { serviceAccountToken?: Token }[] } }[];
}

interface Token {
  audience?: string;
  path: string;
}

function renderAuth(namespace: string): KubeObject[] {
  const args = ["kustomize", join(root, "knative/overlays/auth")];
  const written = parseObjects(execFileSync("kubectl", args, { encoding: "utf8" }));
  return retarget(written, { namespace, images: {} });
}

function podOf(objects: readonly KubeObject[], kind: string, name: string): Pod {
  const found = objects.find(
    (object) => object.kind === kind && object.metadata.name === name && object.apiVersion !== "v1",
  );
  const spec = found?.spec as { template: { spec: Pod }; jobTemplate?: { spec: typeof spec } };
  return (spec.jobTemplate?.spec ?? spec).template.spec;
}

const envOf = (pod: Pod) =>
  Object.fromEntries(pod.containers[0].env.map(({ name, value }) => [name, value]));

const tokensOf = ({ volumes }: Pod) =>
  volumes
    .flatMap(({ projected }) => projected?.sources ?? [])
    .flatMap(({ serviceAccountToken: token }) => (token ? [token] : []));

describe("the overlay auth", { skip: skipWithoutKubectl }, () => {
  for (const namespace of ["shop", "other"]) {
    const objects = skipWithoutKubectl ? [] : renderAuth(namespace);
    const functions = readManifests();
    const hostOf = (name: string) => `${name}.${namespace}.svc.cluster.local`;
    const subjectOf = (name: string) => `system:serviceaccount:${namespace}:${name}`;

    for (const { name, isPublic, dependencies, sweepIntervalMs } of functions) {
      test(`${name} in namespace ${namespace} has its own identity, and admits its callers`, () => {
        const pod = podOf(objects, "Service", name);
        assert.equal(pod.serviceAccountName, name);
        assert.equal(pod.automountServiceAccountToken, false);
        const callers = functions
          .filter((each) => each.dependencies.some((dependency) => dependency.name === name))
          .map((each) => subjectOf(each.name));
        if (sweepIntervalMs !== undefined) callers.push(subjectOf(name));
        const { ALLOWED_CALLERS, ALLOWED_SENDERS, TOKEN_AUDIENCE, CALL_TOKENS } = envOf(pod);
        assert.equal(ALLOWED_CALLERS, isPublic ? undefined : callers.join());
        assert.equal(TOKEN_AUDIENCE, isPublic ? undefined : hostOf(name));
        assert.equal(ALLOWED_SENDERS, undefined);
        assert.equal(CALL_TOKENS !== undefined, dependencies.length > 0);
        const calls = tokensOf(pod).filter(({ path }) => path.startsWith("calls/"));
        const hosts = dependencies.map((each) => hostOf(each.name));
        const wanted = hosts.map((host) => [host, `calls/${host}`]);
        const { K_SINK: sink } = envOf(pod);
        if (sink !== undefined) {
          const { hostname, pathname } = new URL(sink);
          wanted.push([`eventing.knative.dev/broker${pathname}`, `calls/${hostname}`]);
        }
        assert.deepEqual(
          calls.map(({ audience, path }) => [audience, path]),
          wanted,
        );
      });
    }

    test(`a receiver of events in namespace ${namespace} is open to the broker, not to gRPC`, () => {
      const pod = podOf(objects, "Service", "checkoutservice-events");
      const { ALLOWED_CALLERS, ALLOWED_SENDERS, TOKEN_AUDIENCE } = envOf(pod);
      assert.deepEqual([ALLOWED_CALLERS, ALLOWED_SENDERS], ["none", "anyone"]);
      assert.equal(TOKEN_AUDIENCE, hostOf("checkoutservice-events"));
      // It finishes orders at its start, for which it calls the dependencies.
      assert.ok(tokensOf(pod).some(({ audience }) => audience === hostOf("paymentservice")));
    });

    test(`the sweep in namespace ${namespace} calls checkoutservice as itself`, () => {
      const pod = podOf(objects, "CronJob", "checkoutservice-sweep");
      assert.equal(pod.serviceAccountName, "checkoutservice");
      const [token] = tokensOf(pod);
      assert.equal(token?.audience, hostOf("checkoutservice"));
      const { CALL_TOKENS, CHECKOUT_SERVICE_ADDR } = envOf(pod);
      assert.equal(CHECKOUT_SERVICE_ADDR, `${hostOf("checkoutservice")}:80`);
      assert.equal(
        `${CALL_TOKENS}/${hostOf("checkoutservice")}`,
        `/var/run/identity/${token?.path}`,
      );
    });
  }
});
