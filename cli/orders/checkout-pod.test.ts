import assert from "node:assert/strict";
import { test } from "node:test";
import type { KubeObject } from "#backends/kube-objects.ts";
import { KubectlError } from "#backends/kubectl.ts";
import { withCheckoutPod } from "./checkout-pod.ts";

const target = { namespace: "shop-x", timeoutMs: 5000 };

function podOf(name: string, ready: boolean, created: string, deleted?: string): KubeObject {
  return {
    kind: "Pod",
    metadata: {
      name,
      creationTimestamp: created,
      ...(deleted !== undefined && { deletionTimestamp: deleted }),
    },
    status: { conditions: [{ type: "Ready", status: ready ? "True" : "False" }] },
  };
}

/** A kubectl that returns one list of pods after the other, the last one from then on. */
function createFakeKubectl(lists: readonly (readonly KubeObject[])[], refusal = "") {
  const commands: string[] = [];
  const left = [...lists];
  const run = async (args: readonly string[]) => {
    commands.push(args.join(" "));
    return { exitCode: refusal === "" ? 0 : 1, stdout: "", stderr: refusal };
  };
  return {
    commands,
    run,
    readJson: async () => ({ items: left.length > 1 ? left.shift() : left[0] }),
    read: async (args: readonly string[]) => {
      const result = await run(args);
      if (result.exitCode !== 0) throw new KubectlError(args, result);
      return result.stdout;
    },
  };
}

const older = podOf("older", true, "2026-11-24T10:00:00Z");
const newer = podOf("newer", true, "2026-11-24T10:05:00Z");
const ending = podOf("ending", true, "2026-11-24T10:06:00Z", "2026-11-24T10:07:00Z");
const starting = podOf("starting", false, "2026-11-24T10:08:00Z");

test("uses the newest ready pod that is not about to end", async () => {
  const kubectl = createFakeKubectl([[older, newer, ending, starting]]);
  assert.equal(await withCheckoutPod(kubectl, target, async (pod) => pod), "newer");
  assert.deepEqual(kubectl.commands, []);
});

test("starts a pod by a job of the sweep, and deletes the job after a failure too", async () => {
  const kubectl = createFakeKubectl([[ending], [ending, starting], [newer]]);
  const used = withCheckoutPod(kubectl, target, (pod) => {
    assert.equal(kubectl.commands.length, 1);
    return Promise.reject(new Error(`used ${pod}`));
  });
  await assert.rejects(used, /used newer/);
  const [create = "", remove = ""] = kubectl.commands;
  const [, job] =
    /^create job (\S+) --from=cronjob\/checkoutservice-sweep -n shop-x$/.exec(create) ?? [];
  assert.match(job ?? create, /^checkoutservice-sweep-[a-z0-9]+$/);
  assert.equal(remove, `delete job ${job} -n shop-x --wait=false --ignore-not-found`);
});

test("gives up after the timeout, and deletes the job", async () => {
  const kubectl = createFakeKubectl([[]]);
  await assert.rejects(
    withCheckoutPod(kubectl, { ...target, timeoutMs: 10 }, async (pod) => pod),
    /no pod of checkoutservice in namespace shop-x was ready after 0\.01 s \(--timeout\)/,
  );
  assert.match(kubectl.commands.at(-1) ?? "", /^delete job /);
});

test("reports why the job cannot be created", async () => {
  const refusal = 'Error from server (NotFound): cronjobs.batch "checkoutservice-sweep" not found';
  const kubectl = createFakeKubectl([[]], refusal);
  await assert.rejects(
    withCheckoutPod(kubectl, target, async (pod) => pod),
    {
      name: "BackendError",
      message:
        /has no pod in namespace shop-x, and a job .* failed: Error from server \(NotFound\)/,
    },
  );
  assert.equal(kubectl.commands.length, 1);
});
