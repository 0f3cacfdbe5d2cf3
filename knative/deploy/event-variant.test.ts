import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { createKubectl, type Kubectl } from "#backends/kubectl.ts";
import { chooseEventVariant, describeRefusedEvents } from "./event-variant.ts";
import { overlaysFolder } from "./options.ts";

const auth = join(overlaysFolder, "auth");
const variant = join(auth, "event-identities");
const open = join(overlaysFolder, "default");

function clusterWith(value: string, brokers: readonly string[] = []): Kubectl {
  return {
    ...createKubectl(),
    readJson: async (args) =>
      args[1] === "cm"
        ? { kind: "ConfigMap", metadata: {}, data: { "authentication-oidc": value } }
        : { items: brokers.map((namespace) => ({ kind: "Broker", metadata: { namespace } })) },
  };
}

const choose = (value: string, overlayFolder: string, configurePlatform: boolean) =>
  chooseEventVariant(clusterWith(value), { overlayFolder, configurePlatform });

test("events have identities only if Brokers require them, or will do so after the deploy", async () => {
  const off = await choose("disabled", auth, false);
  assert.equal(off.folder, auth);
  assert.deepEqual(off.events, { key: "authentication-oidc", from: "disabled", to: "enabled" });
  assert.deepEqual(off.needs, []);

  const configured = await choose("disabled", auth, true);
  assert.equal(configured.folder, variant);
  assert.deepEqual(configured.events, off.events);
  assert.deepEqual(
    configured.needs.map(({ verb, namespace }) => `${verb} ${namespace}`),
    ["get knative-eventing", "patch knative-eventing"],
  );

  const on = await choose("Enabled", auth, false);
  assert.deepEqual([on.folder, on.events, on.needs], [variant, undefined, []]);
});

test("an overlay without the variant never changes Eventing's features", async () => {
  const { folder, events, needs } = await choose("disabled", open, true);
  assert.deepEqual([folder, events, needs], [open, undefined, []]);
});

test("a deploy reports whose events would be refused", async () => {
  const options = { rendered: [], namespace: "shop" };
  const on = { events: undefined, isRequired: true };
  const [own] = await describeRefusedEvents(clusterWith("enabled"), on, options);
  assert.match(own ?? "", /this overlay's functions send events without an identity/);
  const events = { key: "authentication-oidc", from: "disabled", to: "enabled" };
  const cluster = clusterWith("disabled", ["other", "shop"]);
  const change = { events, isRequired: false };
  const [others, ...rest] = await describeRefusedEvents(cluster, change, options);
  assert.match(others ?? "", /the Brokers in other refuse events without an identity/);
  assert.deepEqual(rest, []);
});
