import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, test } from "node:test";
import { runShop } from "../../../cli/fixtures/run-shop.ts";
import { poll } from "../../fixtures/poll.ts";
import { readSubscribers } from "../../knative/fixtures/channel.ts";
import { cluster, skip } from "../../knative/fixtures/cluster.ts";
import { isFull } from "../counts.ts";
import { killPods, type PodSelection } from "./fixtures/pods.ts";
import { runFault, settleOrders } from "./fixtures/run-fault.ts";

const { namespace } = cluster;

// A shell command that restarts the kubelet of the cluster's node. Kubernetes has no request for it.
const { KNATIVE_RESTART_KUBELET: restartKubelet } = process.env;

function eventing(component: string): PodSelection {
  return { namespace: "knative-eventing", selector: `app.kubernetes.io/component=${component}` };
}

const activator = { namespace: "knative-serving", selector: "app=activator" };
const autoscaler = { namespace: "knative-serving", selector: "app=autoscaler" };
const gateway = { namespace: "kourier-system", selector: "app=3scale-kourier-gateway" };

// The parts of the in-memory broker.
const brokerParts: Readonly<Record<string, PodSelection>> = {
  "the broker's ingress": eventing("broker-ingress"),
  "the channel's dispatcher": eventing("imc-dispatcher"),
  "the broker's filter": eventing("broker-filter"),
};

describe("a killed part of Knative", { skip }, () => {
  for (const [name, pods] of Object.entries({
    "the activator": activator,
    "the autoscaler": autoscaler,
    "the gateway": gateway,
  })) {
    test(`${name} comes back, and no order is lost`, {
      skip: !isFull && "only in the full run",
    }, async (t) => {
      const { unmailed } = await runFault(t, `${name} killed`, () => killPods(pods));
      assert.deepEqual(unmailed, []);
    });
  }

  // The in-memory channel can lose an event that the broker has accepted (docs/orders.md).
  for (const [name, pods] of Object.entries(brokerParts)) {
    test(`${name} comes back, and each order gets its mail`, async (t) => {
      const { unmailed } = await runFault(t, `${name} killed`, () => killPods(pods));
      await awaitSubscribers();
      for (const orderId of unmailed) {
        const { status, stderr } = await runShop([
          "orders",
          "resend",
          orderId,
          "--cluster",
          "--namespace",
          namespace,
        ]);
        assert.equal(status, 0, stderr);
      }
      assert.deepEqual((await settleOrders([])).unmailed, []);
    });
  }
});

test("no page fails while the kubelet restarts", {
  skip:
    skip ||
    (!isFull && "only in the full run") ||
    (!restartKubelet && "set KNATIVE_RESTART_KUBELET to a command that restarts it"),
}, async (t) => {
  const { traffic, unmailed } = await runFault(t, "kubelet restarted", async () => {
    const child = spawn("sh", ["-c", restartKubelet ?? ""], { stdio: "ignore" });
    assert.deepEqual(await once(child, "exit"), [0, null]);
  });
  assert.deepEqual(traffic.errors, []);
  assert.deepEqual(unmailed, []);
});

// Until the channel has its subscribers again, it accepts no event.
async function awaitSubscribers(): Promise<void> {
  await poll(
    async () => {
      const { wanted, served } = await readSubscribers(namespace);
      return wanted.every((uid) => served.includes(uid)) ? true : undefined;
    },
    () => "the channel has not all subscribers",
    60_000,
  );
}
