import { itemsOf, type KubeObject, triggers as triggersResource } from "#backends/kube-objects.ts";
import { ifReadable, type Kubectl, lastLineOf } from "#backends/kubectl.ts";
import { type PollOptions, pollUntil } from "../readiness/poll-until.ts";

/** Brokers as a resource with its API group. */
export const brokersResource = "brokers.eventing.knative.dev";

const channelsResource = "inmemorychannels.messaging.knative.dev";
const subscriptionsResource = "subscriptions.messaging.knative.dev";

/** A Trigger, Subscription, Broker or channel. */
interface EventingObject extends KubeObject {
  metadata: KubeObject["metadata"] & {
    uid?: string;
    ownerReferences?: readonly { readonly uid: string }[];
  };
  spec?: { broker?: string; subscribers?: readonly { readonly uid: string }[] };
  status?: KubeObject["status"] & {
    auth?: object;
    subscriberUri?: string;
    annotations?: Record<string, string>;
  };
}

/** The objects through which the cluster's Brokers with in-memory channels deliver events. */
interface Delivery {
  readonly brokers: readonly EventingObject[];
  readonly triggers: readonly EventingObject[];
  readonly subscriptions: readonly EventingObject[];
  readonly channels: readonly EventingObject[];
}

/**
 * Waits until the Subscriptions of all Triggers follow a change of the feature, for which Eventing replaces
 * them. If it replaces two at the same time, a channel may keep a subscriber whose Subscription does not exist
 * any more (knative/eventing#5961): each event would be sent to it too, or fail there. Those are removed. A channel that is
 * created again instead gets no events, because its dispatcher confuses the two. Returns lines for the user.
 *
 * @param isEnabled whether Subscriptions have identities now
 */
export async function settleChannels(
  kubectl: Kubectl,
  isEnabled: boolean,
  options: PollOptions = { timeoutMs: 60_000 },
): Promise<string[]> {
  const lines: string[] = [];
  let unsettled: string[] = [];
  let before: string[] = [];
  const isSettled = async () => {
    const delivery = await readDelivery(kubectl);
    if (delivery === undefined) return true;
    unsettled = findUnsettled(delivery, isEnabled);
    if (unsettled.length > 0) return false;
    const stale = delivery.channels.filter((channel) => findStale(channel, delivery).length > 0);
    // Seen twice, because channels and Subscriptions are not read at the same moment.
    for (const channel of stale.filter((each) => before.includes(nameOf(each)))) {
      const line = `InMemoryChannel ${nameOf(channel)}: subscribers without Subscription`;
      const refusal = await removeSubscribers(kubectl, channel, findStale(channel, delivery));
      lines.push(refusal === undefined ? `${line}: removed` : `${line} remain: ${refusal}`);
      if (refusal !== undefined) return true;
    }
    before = stale.map(nameOf);
    return stale.length === 0;
  };
  if (await pollUntil(isSettled, options)) return lines;
  const names = [...unsettled, ...before].join(", ");
  const seconds = options.timeoutMs / 1000;
  return [...lines, `Eventing does not deliver all events after ${seconds} s: ${names}`];
}

/** Removes subscribers by their indexes, in ascending order. Returns why the cluster refused. */
async function removeSubscribers(
  kubectl: Kubectl,
  { metadata, spec }: EventingObject,
  indexes: readonly number[],
): Promise<string | undefined> {
  const patch = indexes.toReversed().flatMap((index) => {
    const path = `/spec/subscribers/${index}`;
    // The test fails if the list has changed since it was read.
    const test = { op: "test", path: `${path}/uid`, value: spec?.subscribers?.[index]?.uid };
    return [test, { op: "remove", path }];
  });
  // Eventing's webhook lets nobody else change subscribers.
  const as = "--as=system:serviceaccount:knative-eventing:eventing-controller";
  const { name, namespace = "" } = metadata;
  const args = [as, "patch", channelsResource, name, "-n", namespace, "--type=json"];
  const result = await kubectl.run([...args, "-p", JSON.stringify(patch)]);
  return result.exitCode === 0 ? undefined : lastLineOf(result);
}

const nameOf = ({ metadata }: EventingObject) => `${metadata.namespace}/${metadata.name}`;

/** The Triggers, as NAMESPACE/NAME, without a Subscription that follows the feature and that the channel has. */
function findUnsettled(
  { brokers, triggers, subscriptions, channels }: Delivery,
  isEnabled: boolean,
): string[] {
  const isServed = ({ metadata }: EventingObject) =>
    channels.some(({ spec }) => spec?.subscribers?.some(({ uid }) => uid === metadata.uid));
  const follows = ({ status }: EventingObject) => (status?.auth !== undefined) === isEnabled;
  return triggers
    .filter((trigger) => brokers.some((broker) => isOf(trigger, broker)))
    .filter((trigger) => {
      const isDeleted = trigger.metadata.deletionTimestamp !== undefined;
      // Triggers without a subscriber's address deliver nothing in any case.
      if (isDeleted || trigger.status?.subscriberUri === undefined) return false;
      const own = subscriptions.filter(({ metadata }) =>
        metadata.ownerReferences?.some(({ uid }) => uid === trigger.metadata.uid),
      );
      const [only, ...others] = own;
      const isDone = only && others.length === 0 && follows(only) && isServed(only);
      return !isDone || only.metadata.deletionTimestamp !== undefined || !follows(trigger);
    })
    .map(nameOf);
}

const isOf = ({ metadata, spec }: EventingObject, broker: EventingObject) =>
  metadata.namespace === broker.metadata.namespace && spec?.broker === broker.metadata.name;

/** The indexes of a channel's subscribers that no Subscription has. */
function findStale({ spec }: EventingObject, { subscriptions }: Delivery): number[] {
  const isKnown = (uid: string) => subscriptions.some((each) => each.metadata.uid === uid);
  return (spec?.subscribers ?? []).flatMap(({ uid }, index) => (isKnown(uid) ? [] : [index]));
}

/** Reads the objects of all namespaces; undefined if the user may not, or if there are no such channels. */
async function readDelivery(kubectl: Kubectl): Promise<Delivery | undefined> {
  const list = async (...resource: string[]) => {
    const found = await ifReadable(kubectl.readJson(["get", ...resource, "--all-namespaces"]));
    return found === undefined ? undefined : (itemsOf(found) as EventingObject[]);
  };
  const brokers = (await list(brokersResource))?.filter(usesMemory);
  if (brokers === undefined || brokers.length === 0) return undefined;
  const channels = await list(channelsResource, "-l", "eventing.knative.dev/broker");
  const subscriptions = await list(subscriptionsResource);
  const triggers = await list(triggersResource);
  return channels && subscriptions && triggers && { brokers, triggers, subscriptions, channels };
}

function usesMemory({ status }: EventingObject): boolean {
  return status?.annotations?.["knative.dev/channelKind"] === "InMemoryChannel";
}
