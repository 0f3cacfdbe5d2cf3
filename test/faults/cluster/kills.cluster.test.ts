import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { usedServices } from "../../fixtures/call-graph.ts";
import { skip } from "../../knative/fixtures/cluster.ts";
import {
  type ClusterMailServer,
  startMailServer,
} from "../../knative/fixtures/mail/mail-server.ts";
import { countOf } from "../counts.ts";
import { killPods, killProcess, podsOf } from "./fixtures/pods.ts";
import { runFault } from "./fixtures/run-fault.ts";

// Orders call emailservice only without a Broker.
const functions = usedServices.filter((name) => name !== "emailservice");

const killed = countOf({
  full: functions,
  short: ["productcatalogservice", "checkoutservice"],
});

const deleted = countOf({ full: functions, short: ["paymentservice"] });

const isStateless = (name: string) =>
  name === "productcatalogservice" || name === "currencyservice";

describe("under load", { skip }, () => {
  let mails: ClusterMailServer;
  before(async () => {
    mails = await startMailServer();
  });
  after(() => mails.remove());

  for (const name of killed) {
    test(`no page fails twice and no order is lost if ${name} is killed`, async (t) => {
      const { traffic, unmailed } = await runFault(t, `kill -9 of ${name}`, () =>
        killProcess(name),
      );
      assert.equal(traffic.reads.failed, 0);
      // Calls to functions without a state are repeated for as long as a restart takes.
      if (isStateless(name)) assert.equal(traffic.reads.retried, 0);
      assert.deepEqual(traffic.wrongCarts, []);
      assert.deepEqual(unmailed, []);
      await checkMails();
    });
  }

  for (const name of deleted) {
    test(`the shop recovers and no order is lost if the pod of ${name} is deleted`, async (t) => {
      const { traffic, unmailed } = await runFault(t, `pod of ${name} deleted`, () =>
        killPods(podsOf(name)),
      );
      assert.deepEqual(traffic.wrongCarts, []);
      assert.deepEqual(unmailed, []);
      await checkMails();
    });
  }

  // A mail may be sent once more, with the same Message-ID, if its sender dies before it has recorded it.
  async function checkMails(): Promise<void> {
    const counts = await mails.countAccepted();
    const often = [...counts].filter(([, count]) => count > 2);
    assert.deepEqual(often, []);
  }
});
