import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import type { KubeObject } from "#backends/kube-objects.ts";
import { restoreEventFeature } from "#knative/platform-config/event-feature.ts";
import { undeploy } from "#knative/undeploy/undeploy.ts";
import { orderPlaced } from "#protos/events.ts";
import { poll } from "../fixtures/poll.ts";
import { readPlatformState } from "./cluster-state.ts";
import { authShop, deployAuthShop } from "./fixtures/auth-shop.ts";
import { readSubscribers } from "./fixtures/channel.ts";
import { cluster, GatewayVisitor, kubectl } from "./fixtures/cluster.ts";
import {
  eventHeaders,
  orderIdOf,
  postEvent,
  postToReceiver,
  readLog,
  untilMailed,
} from "./fixtures/events.ts";
import { sendFrom } from "./fixtures/foreign-pod.ts";
import { createToken, hostOf } from "./fixtures/identities.ts";
import { endPods } from "./fixtures/namespace.ts";

const { namespace, elsewhere } = authShop;
const brokerAudience = `eventing.knative.dev/broker/${namespace}/default`;

/**
 * Deploys the shop with identities once more, with `--configure-platform`, so that its events have identities
 * too, and undeploys it. Meanwhile the Brokers of all namespaces refuse events without a token.
 */
export function testEventIdentities(): void {
  describe("whose events have identities", () => {
    let platform = "";

    before(async () => {
      platform = await readPlatformState(kubectl);
      const { status, stdout, stderr } = deployAuthShop("--configure-platform");
      assert.equal(status, 0, stderr);
      assert.match(stdout, /config-features: authentication-oidc: disabled -> enabled/);
    });

    after(async () => {
      // Only if undeploy failed or was not reached: other shops cannot send events until then.
      await kubectl.run(["delete", "eventpolicies.eventing.knative.dev", "--all", "-n", namespace]);
      await restoreEventFeature(kubectl, namespace);
      await assertEventsAreOpen(cluster.namespace);
    });

    test("sends an order's mail", async () => {
      const visitor = new GatewayVisitor(authShop.storefront);
      await visitor.post("/cart", { product_id: "OLJCESPC7Z", quantity: "1" });
      const page = await visitor.order();
      assert.match(page.body, /Thank you/);
      assert.equal((await untilMailed(orderIdOf(page), namespace)).length, 1);
    });

    test("refuses events of a pod of another namespace, at the Broker, its channel and the receiver", async () => {
      const broker = `http://broker-ingress.knative-eventing.svc.cluster.local/${namespace}/default`;
      const receiver = hostOf("emailservice-events", namespace);
      // The Broker's own channel, which has a Service in the shop's namespace.
      const channel = `default-kne-trigger-kn-channel.${namespace}.svc.cluster.local`;
      const targets = [
        { url: broker, audience: brokerAudience },
        { url: `http://${receiver}/`, audience: receiver },
        {
          url: `http://${channel}/`,
          audience: `messaging.knative.dev/inmemorychannel/${namespace}/default-kne-trigger`,
        },
      ];
      const headers = eventHeaders({ type: orderPlaced.type, id: randomUUID() });
      const requests = targets.flatMap(({ url, audience }) => {
        const request = { url, authority: new URL(url).host, headers };
        return [request, { ...request, audience }];
      });
      const answers = await sendFrom(elsewhere, authShop.image, requests);
      assert.deepEqual(answers, Array(targets.length).fill(["http 401", "http 403"]).flat());
    });

    test("refuses events of functions that publish none, and of checkoutservice at the receiver", async () => {
      const event = { type: orderPlaced.type, id: randomUUID(), data: {} };
      const token = await createToken("frontend", namespace, [brokerAudience]);
      assert.equal(await postEvent(namespace, { ...event, token }), 403);
      const receiver = hostOf("emailservice-events", namespace);
      const own = await createToken("checkoutservice", namespace, [receiver]);
      assert.equal(await postToReceiver(receiver, { ...event, token: own }), 403);
    });

    test("delivers the dead letter of an event that the receiver refuses", async () => {
      const id = randomUUID();
      const token = await createToken("checkoutservice", namespace, [brokerAudience]);
      await postEvent(namespace, { type: orderPlaced.type, id, data: {}, token });
      const line = await poll(
        async () =>
          (await readLog(namespace, ["checkoutservice-events"])).find((each) => each.includes(id)),
        () => "no dead letter arrived",
        60_000,
      );
      assert.match(line, /a confirmation of an unknown order was not delivered.*HTTP status 400/);
    });

    test("leaves Knative's settings as they were when it is undeployed", async () => {
      assert.notEqual(await readPlatformState(kubectl), platform);
      // Again and again: Knative replaces pods until their revisions are deleted.
      // The functions end in the background, which takes half of the time; the gate's last undeploy waits for them.
      await kubectl.run(["delete", "ksvc", "--all", "-n", namespace, "--wait=false"]);
      let isEnding = false;
      await undeploy(kubectl, namespace, () => {
        if (isEnding) return;
        isEnding = true;
        void endPods(namespace).finally(() => {
          isEnding = false;
        });
      });
      assert.equal(await readPlatformState(kubectl), platform);
    });
  });
}

/** Asserts that the Broker of a shop accepts events without a token, and delivers each once to a Trigger. */
async function assertEventsAreOpen(inNamespace: string): Promise<void> {
  const broker = ["get", "brokers.eventing.knative.dev", "default", "-n", inNamespace];
  const { status } = (await kubectl.readJson(broker)) as KubeObject;
  assert.equal(status?.address?.audience, undefined);
  const { wanted, served } = await readSubscribers(inNamespace);
  assert.deepEqual(served, wanted);
}
