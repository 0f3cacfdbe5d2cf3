import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createKubectl, type Kubectl } from "#backends/kubectl.ts";
import { settleChannels } from "./broker-channels.ts";

const options = { timeoutMs: 10_000, pollMs: 1 };

/** What a cluster has: the UIDs of Subscriptions, those that the channel serves, and whether they have identities. */
interface State {
  subscriptions: string[];
  served: string[];
  hasIdentities: boolean;
}

function createCluster(read: (poll: number) => State) {
  const patches: object[] = [];
  let polls = 0;
  const metadata = { name: "default", namespace: "shop" };
  const kubectl: Kubectl = {
    ...createKubectl(),
    run: async (args) => {
      patches.push(JSON.parse(args.at(-1) ?? ""));
      return { exitCode: 0, stdout: "", stderr: "" };
    },
    readJson: async ([, resource = ""]) => {
      if (resource.startsWith("brokers")) polls += 1;
      const { subscriptions, served, hasIdentities } = read(polls);
      const status = { subscriberUri: "http://x", ...(hasIdentities && { auth: {} }) };
      const lists: Record<string, object[]> = {
        brokers: [
          {
            metadata,
            status: { annotations: { "knative.dev/channelKind": "InMemoryChannel" } },
          },
        ],
        triggers: [
          { metadata: { ...metadata, uid: "trigger" }, spec: { broker: "default" }, status },
        ],
        subscriptions: subscriptions.map((uid) => ({
          metadata: { ...metadata, uid, ownerReferences: [{ uid: "trigger" }] },
          status,
        })),
        inmemorychannels: [
          { metadata, spec: { subscribers: served.map((uid) => ({ uid })) }, status: {} },
        ],
      };
      return { items: lists[resource.split(".")[0] ?? ""] };
    },
  };
  return { kubectl, patches };
}

describe("the channels of Brokers after a change of Eventing's feature", () => {
  test("are kept if each Trigger has the new Subscription", async () => {
    const state = { subscriptions: ["new"], served: ["new"], hasIdentities: true };
    const { kubectl, patches } = createCluster(() => state);
    assert.deepEqual(await settleChannels(kubectl, true, options), []);
    assert.deepEqual(patches, []);
  });

  test("lose subscribers without Subscription that stay", async () => {
    const { kubectl, patches } = createCluster((poll) => ({
      subscriptions: ["new"],
      // Once with the old Subscription, then twice with stale subscribers, until they are removed.
      served: poll < 4 ? ["old", "new", "older"] : ["new"],
      hasIdentities: poll > 1,
    }));
    assert.deepEqual(await settleChannels(kubectl, true, options), [
      "InMemoryChannel shop/default: subscribers without Subscription: removed",
    ]);
    assert.deepEqual(patches, [
      [
        { op: "test", path: "/spec/subscribers/2/uid", value: "older" },
        { op: "remove", path: "/spec/subscribers/2" },
        { op: "test", path: "/spec/subscribers/0/uid", value: "old" },
        { op: "remove", path: "/spec/subscribers/0" },
      ],
    ]);
  });

  test("are kept if the subscriber's Subscription is created meanwhile", async () => {
    const { kubectl, patches } = createCluster((poll) => ({
      subscriptions: ["new"],
      served: poll === 1 ? ["new", "newer"] : ["new"],
      hasIdentities: true,
    }));
    assert.deepEqual(await settleChannels(kubectl, true, options), []);
    assert.deepEqual(patches, []);
  });

  test("are reported if a Trigger gets no new Subscription", async () => {
    const state = { subscriptions: ["old"], served: ["old"], hasIdentities: false };
    const { kubectl } = createCluster(() => state);
    const [line] = await settleChannels(kubectl, true, { timeoutMs: 10, pollMs: 1 });
    assert.match(line ?? "", /^Eventing does not deliver all events .*: shop\/default$/);
  });
});
