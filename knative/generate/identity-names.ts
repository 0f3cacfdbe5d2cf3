import { writtenNamespace } from "../manifests/render-manifests.ts";

/** The host of a Knative Service's cluster-local address, which is also the audience of tokens for it. */
export const hostOf = (name: string) => `${name}.${writtenNamespace}.svc.cluster.local`;

/** The `sub` claim of a service account's tokens. */
export const subjectOf = (account: string) =>
  `system:serviceaccount:${writtenNamespace}:${account}`;

/** The shop's Broker: its name, the host of its ingress, and the audience that its ingress requires. */
export const broker = {
  name: "default",
  host: "broker-ingress.knative-eventing.svc.cluster.local",
  audience: `eventing.knative.dev/broker/${writtenNamespace}/default`,
} as const;

/** The name of the Trigger of a function's subscription. */
export const triggerNameOf = (functionName: string, index: number) => `${functionName}-${index}`;

const triggerSuffix = "-oidc-eventing.knative.dev-trigger";
const maxLength = 63;

/**
 * The service account that Knative Eventing creates for a Trigger if its feature `authentication-oidc` is
 * enabled. It sends the Trigger's events, its dead letters included.
 *
 * @throws Error if Knative would shorten the name
 */
export function triggerAccountOf(triggerName: string): string {
  const name = triggerName + triggerSuffix;
  if (name.length <= maxLength) return name;
  throw new Error(`Trigger ${triggerName} needs a shorter name: ${name} is over ${maxLength} long`);
}
