import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runShop } from "../../../cli/fixtures/run-shop.ts";
import { poll } from "../../fixtures/poll.ts";
import { cluster, skip } from "../../knative/fixtures/cluster.ts";
import {
  changeVariable,
  readService,
  rememberService,
  setImage,
} from "../../knative/fixtures/service-env.ts";
import { countOf } from "../counts.ts";
import { runFault } from "./fixtures/run-fault.ts";

const target = ["--namespace", cluster.namespace];

const released = countOf({
  full: ["frontend", "currencyservice", "cartservice", "paymentservice", "checkoutservice"],
  short: ["checkoutservice"],
});

const checkout = "checkoutservice";

// Ways to create a revision that never becomes ready, and what shop status then reports.
const failures = [
  {
    fault: "a new revision that cannot read its configuration",
    create: () => changeVariable(checkout, "SHOP_FAULTS", "*:slow"),
    reported: /newest revision \S+ gets no requests: ExitCode2: .*SHOP_FAULTS/,
  },
  {
    fault: "a new revision whose image is missing",
    create: async () => {
      const [{ image }] = (await readService(checkout)).spec.template.spec.containers;
      await setImage(checkout, image.replace(/(@|:)[^/]*$/, ":none"));
    },
    reported:
      /newest revision \S+ gets no requests: ContainerMissing: Unable to fetch image .*:none/,
  },
];

describe("under load", { skip }, () => {
  for (const name of released) {
    test(`no request fails while ${name} is rolled out and rolled back`, async (t) => {
      t.after(await rememberService(name));
      const { traffic, unmailed } = await runFault(t, `${name} rolled out and back`, async () => {
        for (const step of [
          ["--env", "LOG_LEVEL=warn", "--percent", "50"],
          ["--promote"],
          ["--rollback"],
        ]) {
          const { status, stderr } = await runShop(["release", name, ...step, ...target]);
          assert.equal(status, 0, stderr);
        }
      });
      assert.deepEqual(traffic.errors, []);
      assert.deepEqual(unmailed, []);
    });
  }

  for (const { fault, create, reported } of failures) {
    test(`the old revision serves if there is ${fault}`, async (t) => {
      t.after(await rememberService(checkout));
      const { traffic } = await runFault(t, fault, async () => {
        await create();
        let last = "";
        await poll(
          async () => {
            const { status, stdout } = await runShop(["status", ...target]);
            last = stdout;
            return status === 1 && reported.test(stdout) ? true : undefined;
          },
          () => `shop status does not report it: ${last}`,
          60_000,
        );
      });
      assert.deepEqual(traffic.errors, []);
    });
  }
});
