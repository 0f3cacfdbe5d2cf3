import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, test } from "node:test";
import { skipWithoutKubectl } from "#backends/fixtures/kubeconfig.ts";
import type { KubeObject } from "#backends/kube-objects.ts";
import { parseObjects, retarget } from "../manifests/render-manifests.ts";
import { root } from "./generate.ts";
import { triggerAccountOf } from "./identity-names.ts";

const overlays = ["knative/overlays/auth", "test/cluster/auth"];

function render(overlay: string, namespace: string): KubeObject[] {
  const text = execFileSync("kubectl", ["kustomize", join(root, overlay)], { encoding: "utf8" });
  return retarget(parseObjects(text), { namespace, images: {} });
}

function find(objects: readonly KubeObject[], kind: string, name: string): KubeObject {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  assert.ok(found, `${kind} ${name}`);
  return found;
}

interface Variable {
  name: string;
  value?: string;
}

function variablesOf(objects: readonly KubeObject[], service: string): Record<string, string> {
  const { spec } = find(objects, "Service", service) as KubeObject & {
    spec: { template: { spec: { containers: [{ env: Variable[] }] } } };
  };
  const { env } = spec.template.spec.containers[0];
  return Object.fromEntries(env.map(({ name, value = "" }) => [name, value]));
}

describe("an overlay with identities", { skip: skipWithoutKubectl }, () => {
  for (const overlay of overlays) {
    test(`${overlay} admits events of everyone, and has no EventPolicy`, () => {
      const objects = render(overlay, "shop");
      for (const receiver of ["emailservice-events", "checkoutservice-events"]) {
        assert.equal(variablesOf(objects, receiver).ALLOWED_SENDERS, "anyone");
      }
      // Eventing refuses an EventPolicy while its feature is disabled.
      assert.ok(objects.every(({ kind }) => kind !== "EventPolicy"));
    });

    test(`${overlay}/event-identities admits the Triggers' events, and checkoutservice's at the Broker`, () => {
      const objects = render(`${overlay}/event-identities`, "other");
      const host = (name: string) => `${name}.other.svc.cluster.local`;
      const subject = (name: string) => `system:serviceaccount:other:${name}`;
      const accounts = [0, 1].map((index) => subject(triggerAccountOf(`emailservice-${index}`)));
      const mail = variablesOf(objects, "emailservice-events");
      assert.equal(mail.ALLOWED_SENDERS, accounts.join());
      // Only the first Trigger has a dead-letter sink.
      const letters = variablesOf(objects, "checkoutservice-events");
      assert.equal(letters.ALLOWED_SENDERS, accounts[0]);

      const first = find(objects, "Trigger", "emailservice-0").spec as unknown as TriggerSpec;
      assert.equal(first.subscriber.audience, mail.TOKEN_AUDIENCE);
      assert.equal(first.delivery.deadLetterSink?.audience, letters.TOKEN_AUDIENCE);
      const second = find(objects, "Trigger", "emailservice-1").spec as unknown as TriggerSpec;
      assert.equal(second.subscriber.audience, host("emailservice-events"));
      assert.equal(second.delivery.deadLetterSink, undefined);

      const policy = find(objects, "EventPolicy", "default-broker");
      assert.deepEqual(policy.spec, {
        to: [{ ref: { apiVersion: "eventing.knative.dev/v1", kind: "Broker", name: "default" } }],
        from: [{ sub: subject("checkoutservice") }],
      });
    });
  }
});

interface TriggerSpec {
  subscriber: { audience?: string };
  delivery: { deadLetterSink?: { audience?: string } };
}

test("a Trigger's account has the name that Eventing gives it, and a name that it would shorten is refused", () => {
  // As pkg/auth/serviceaccount.go of Eventing 1.23.
  assert.equal(
    triggerAccountOf("emailservice-0"),
    "emailservice-0-oidc-eventing.knative.dev-trigger",
  );
  assert.throws(() => triggerAccountOf("a".repeat(30)), /Trigger a+ needs a shorter name/);
});
