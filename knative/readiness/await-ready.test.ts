import assert from "node:assert/strict";
import { test } from "node:test";
import { knativeServices } from "#backends/kube-objects.ts";
import type { Kubectl } from "#backends/kubectl.ts";
import { awaitReady, findStuckTriggers, isSettled } from "./await-ready.ts";
import { readMessage } from "./explain-target.ts";
import type { ServiceState } from "./service-state.ts";
import { triggers } from "./workload-state.ts";

function createState(name: string, phase: ServiceState["phase"]): ServiceState {
  return { name, phase, revision: undefined, reason: "", message: "", url: undefined };
}

test("a failure has to last, with nothing else changing, before the wait ends", () => {
  const failed = [createState("a", "ready"), createState("b", "failed")];
  assert.equal(isSettled(failed, 19_000), false);
  assert.equal(isSettled(failed, 20_000), true);
  assert.equal(isSettled([...failed, createState("c", "waiting")], 99_000), false);
  assert.equal(isSettled([createState("a", "ready")], 0), true);
});

test("waits until the timeout for a function that fits on no node", () => {
  const message =
    'Revision "a-00001" failed with message: 0/1 nodes are available: 1 Insufficient cpu.';
  assert.equal(isSettled([{ ...createState("a", "failed"), message }], 99_000), false);
});

test("a Trigger that alone has failed is tried again, and not while its function may still come", () => {
  const targets = [
    { resource: knativeServices, name: "events" },
    { resource: triggers, name: "mail" },
  ];
  const failed = createState("mail", "failed");
  assert.deepEqual(findStuckTriggers(targets, [createState("events", "ready"), failed]), ["mail"]);
  assert.deepEqual(findStuckTriggers(targets, [createState("events", "waiting"), failed]), []);
  const ready = targets.map(({ name }) => createState(name, "ready"));
  assert.deepEqual(findStuckTriggers(targets, ready), []);
});

test("reports the message and the error of a JSON log line", () => {
  const line = JSON.stringify({ message: "not ready", error: { message: "Redis refused" } });
  assert.equal(readMessage(line), "not ready: Redis refused");
  assert.equal(readMessage("listening"), "listening");
  assert.equal(readMessage("[1]"), "[1]");
});

test("a failure that passes is shown as waiting, and one that lasts as failed", async () => {
  const service = (status: "True" | "False", reason: string) => ({
    apiVersion: "serving.knative.dev/v1",
    kind: "Service",
    metadata: { name: "cartservice", generation: 1 },
    status: { observedGeneration: 1, conditions: [{ type: "Ready", status, reason }] },
  });
  const shown = async (timeoutMs: number, ...answers: object[]) => {
    const phases: (string | undefined)[] = [];
    const kubectl = kubectlAnswering(() => ({ items: [answers.shift() ?? answers[0]] }));
    await awaitReady(kubectl, [{ resource: knativeServices, name: "cartservice" }], {
      namespace: "shop",
      timeoutMs,
      onStates: ([state]) => phases.push(state?.phase),
    });
    return phases;
  };
  const failing = service("False", "RevisionMissing");
  assert.deepEqual(await shown(60_000, failing, service("True", "")), ["waiting", "ready"]);
  assert.deepEqual(await shown(-1, failing), ["failed"]);
});

// A kubectl whose every answer is the same function's.
function kubectlAnswering(answer: () => unknown): Kubectl {
  return {
    context: undefined,
    run: async () => ({ exitCode: 0, stdout: "", stderr: "" }),
    read: async () => "",
    readJson: async () => answer(),
    stream: async () => ({ exitCode: 0, stderr: "" }),
  };
}
