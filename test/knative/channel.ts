import { itemsOf, type KubeObject } from "#knative/deploy/objects.ts";
import { kubectl } from "./cluster.ts";

/** Who gets a Broker's events, by the UIDs of Subscriptions: as the Triggers want it, and as it is. */
export interface ChannelSubscribers {
  /** The Subscriptions that the namespace's Triggers own. */
  readonly wanted: readonly string[];
  /** The subscribers that the channel delivers to. */
  readonly served: readonly string[];
}

/** Reads the subscribers of the in-memory channel behind a namespace's only Broker. */
export async function readSubscribers(namespace: string): Promise<ChannelSubscribers> {
  const read = async (kind: string) =>
    itemsOf(await kubectl.readJson(["get", kind, "-n", namespace])) as Owned[];
  const [triggers, subscriptions, channels] = await Promise.all([
    read("triggers.eventing.knative.dev"),
    read("subscriptions.messaging.knative.dev"),
    read("inmemorychannels.messaging.knative.dev"),
  ]);
  const owners = new Set(triggers.map(({ metadata }) => metadata.uid));
  const owned = subscriptions.filter(({ metadata }) =>
    metadata.ownerReferences?.some(({ uid }) => owners.has(uid)),
  );
  const served = channels.flatMap(({ status }) => status?.subscribers ?? []);
  return {
    wanted: owned.map(({ metadata }) => metadata.uid).sort(),
    served: served.map(({ uid }) => uid).sort(),
  };
}

interface Owned extends KubeObject {
  metadata: KubeObject["metadata"] & { uid: string; ownerReferences?: { uid: string }[] };
  status?: KubeObject["status"] & { subscribers?: { uid: string }[] };
}
