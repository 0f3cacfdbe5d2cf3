import { existsSync } from "node:fs";
import { join } from "node:path";
import type { KubeObject } from "#backends/kube-objects.ts";
import type { Kubectl } from "#backends/kubectl.ts";
import type { Need } from "../checks/check-rights.ts";
import {
  eventFeature,
  eventFeatureNeeds,
  findOtherBrokers,
  readEventFeature,
} from "../platform-config/event-feature.ts";
import { featuresMap } from "../platform-config/platform-objects.ts";
import type { KeyChange } from "../platform-config/platform-plan.ts";
import type { DeployOptions } from "./options.ts";

/** The variant of an overlay that fits to the cluster's Brokers. */
export interface EventVariant {
  /** The folder to render. */
  readonly folder: string;
  /** The change of Eventing's features that the overlay's identities of events need; undefined for none. */
  readonly events: KeyChange | undefined;
  /** The rights that the change needs. */
  readonly needs: readonly Need[];
  /** Whether the cluster's Brokers already refuse events without an identity. */
  readonly isRequired: boolean;
}

/**
 * Chooses an overlay's variant in the folder `event-identities`, if it has one and Brokers require identities,
 * or will do so after this deploy. Otherwise receivers would wait for tokens that no Broker sends.
 */
export async function chooseEventVariant(
  kubectl: Kubectl,
  { overlayFolder, configurePlatform }: Pick<DeployOptions, "overlayFolder" | "configurePlatform">,
): Promise<EventVariant> {
  const feature = await readEventFeature(kubectl);
  const isRequired = feature?.isEnabled ?? false;
  const variant = join(overlayFolder, "event-identities");
  if (!existsSync(join(variant, "kustomization.yaml"))) {
    return { folder: overlayFolder, events: undefined, needs: [], isRequired };
  }
  const change = { key: eventFeature, from: feature?.value, to: "enabled" };
  return {
    folder: isRequired || configurePlatform ? variant : overlayFolder,
    events: feature === undefined || isRequired ? undefined : change,
    needs: configurePlatform && !isRequired ? eventFeatureNeeds : [],
    isRequired,
  };
}

/** Lines for the user about events that will be refused for lack of an identity. */
export async function describeRefusedEvents(
  kubectl: Kubectl,
  { events, isRequired }: Pick<EventVariant, "events" | "isRequired">,
  { rendered, namespace }: { rendered: readonly KubeObject[]; namespace: string },
): Promise<string[]> {
  const { name, namespace: eventing } = featuresMap;
  if (isRequired && !JSON.stringify(rendered).includes("eventing.knative.dev/broker/")) {
    return [
      `${eventing}: ${name} has ${eventFeature}: enabled, but this overlay's functions send events without an identity, so the Broker refuses them: use the overlay auth`,
    ];
  }
  const others = events ? await findOtherBrokers(kubectl, namespace) : [];
  if (others.length === 0) return [];
  return [
    `${eventing}: with ${eventFeature}: enabled the Brokers in ${others.join(", ")} refuse events without an identity, too`,
  ];
}
