import { join } from "node:path";
import { stringify } from "yaml";
import { shopLabels } from "#backends/kube-objects.ts";
import { findDeadLetterSink, receivesEvents } from "#manifest/annotations.ts";
import type { Manifest } from "#manifest/manifest.ts";
import { writtenNamespace } from "../manifests/render-manifests.ts";
import { broker, hostOf, subjectOf, triggerAccountOf, triggerNameOf } from "./identity-names.ts";

/** The folder of the component for clusters whose Brokers send events without identities. */
export const openEventsFolder = join("knative", "components", "open-events");

/** The folder of the component for clusters whose Brokers require and send identities. */
export const eventIdentitiesFolder = join("knative", "components", "event-identities");

/** The files of the component with which receivers admit events of all senders, by their names. */
export function writeOpenEvents(functions: readonly Manifest[]): Map<string, string> {
  // Without Knative's own OIDC, which is off by default, a Broker sends events without a token.
  return writeComponent(
    [],
    functions.filter(receivesEvents).map((func) => allowSenders(func, "anyone")),
  );
}

/**
 * The files of the component with which the Broker admits only the functions that publish events, and
 * receivers only the Triggers that send to them, by their names.
 */
export function writeEventIdentities(functions: readonly Manifest[]): Map<string, string> {
  const triggers = functions.flatMap((func) => listTriggers(func, functions));
  const receivers = functions.filter(receivesEvents).map((func) => {
    const senders = triggers.filter(
      ({ subscriber, deadLetterSink }) => subscriber === func || deadLetterSink === func,
    );
    return allowSenders(func, senders.map(({ name }) => subjectOf(triggerAccountOf(name))).join());
  });
  const policy = { name: "event-policy.yaml", text: writePolicy(functions) };
  return writeComponent([policy], [...receivers, ...triggers.map(addAudiences)]);
}

interface Trigger {
  readonly name: string;
  readonly subscriber: Manifest;
  readonly deadLetterSink: Manifest | undefined;
}

function listTriggers(func: Manifest, functions: readonly Manifest[]): Trigger[] {
  return func.deploy.subscriptions.map(({ filters }, index) => ({
    name: triggerNameOf(func.name, index),
    subscriber: func,
    deadLetterSink: findDeadLetterSink(functions, filters.type),
  }));
}

interface Patch {
  readonly target: { readonly kind: string; readonly name: string; readonly group: string };
  readonly operations: readonly object[];
}

const eventsServiceOf = ({ name }: Manifest) => `${name}-events`;

function allowSenders(func: Manifest, senders: string): Patch {
  const path = "/spec/template/spec/containers/0/env/-";
  const value = { name: "ALLOWED_SENDERS", value: senders };
  return {
    target: { kind: "Service", name: eventsServiceOf(func), group: "serving.knative.dev" },
    operations: [{ op: "add", path, value }],
  };
}

// A Knative Service has no audience of its own. Without one, Eventing sends no token.
function addAudiences({ name, subscriber, deadLetterSink }: Trigger): Patch {
  const audience = (path: string, receiver: Manifest) => ({
    op: "add",
    path: `${path}/audience`,
    value: hostOf(eventsServiceOf(receiver)),
  });
  return {
    target: { kind: "Trigger", name, group: "eventing.knative.dev" },
    operations: [
      audience("/spec/subscriber", subscriber),
      ...(deadLetterSink ? [audience("/spec/delivery/deadLetterSink", deadLetterSink)] : []),
    ],
  };
}

function writePolicy(functions: readonly Manifest[]): string {
  const publishers = functions.filter(({ backingServices }) => backingServices.includes("broker"));
  const { name } = broker;
  return stringify({
    apiVersion: "eventing.knative.dev/v1alpha1",
    kind: "EventPolicy",
    metadata: { name: `${name}-broker`, namespace: writtenNamespace, labels: shopLabels },
    spec: {
      to: [{ ref: { apiVersion: "eventing.knative.dev/v1", kind: "Broker", name } }],
      from: publishers.map((func) => ({ sub: subjectOf(func.name) })),
    },
  });
}

function writeComponent(
  resources: readonly { readonly name: string; readonly text: string }[],
  patches: readonly Patch[],
): Map<string, string> {
  const head = "# Written from the functions' func.yaml files by npm run generate.\n";
  const fileOf = ({ target }: Patch) => `${target.name}.patch.yaml`;
  const kustomization = {
    apiVersion: "kustomize.config.k8s.io/v1alpha1",
    kind: "Component",
    ...(resources.length > 0 && { resources: resources.map(({ name }) => name) }),
    patches: patches.map((patch) => ({ path: fileOf(patch), target: patch.target })),
  };
  return new Map([
    ["kustomization.yaml", head + stringify(kustomization)],
    ...resources.map(({ name, text }): [string, string] => [name, head + text]),
    ...patches.map((patch): [string, string] => [
      fileOf(patch),
      head + stringify(patch.operations, { lineWidth: 0 }),
    ]),
  ]);
}
