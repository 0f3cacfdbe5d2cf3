import assert from "node:assert/strict";
import { test } from "node:test";
import { knativeServices, triggers } from "#backends/kube-objects.ts";
import type { Kubectl } from "#backends/kubectl.ts";
import { awaitReady, findStuckTriggers, isSettled } from "./await-ready.ts";
import { readMessage } from "./explain-target.ts";
import type { ServiceState } from "./service-state.ts";

function createState(name: string, phase: ServiceState["phase"]): ServiceState {
  return { name, phase, revision: undefined, reason: "", message: "", url: undefined };
}

test("the wait ends with a failure only after 20 s without a change", () => {
  const failed = [createState("a", "ready"), createState("b", "failed")];
  assert.equal(isSettled(failed, 19_000), false);
  assert.equal(isSettled(failed, 20_000), true);
  assert.equal(isSettled([...failed, createState("c", "waiting")], 99_000), false);
  assert.equal(isSettled([createState("a", "ready")], 0), true);
});

test("a function whose pod cannot be scheduled is waited for until the timeout", () => {
  const message =
    'Revision "a-00001" failed with message: 0/1 nodes are available: 1 Insufficient cpu.';
  assert.equal(isSettled([{ ...createState("a", "failed"), message }], 99_000), false);
});

test("a failed Trigger is retried only when all other targets are ready", () => {
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

test("the message of a JSON log line includes its error", () => {
  const line = JSON.stringify({ message: "not ready", error: { message: "Redis refused" } });
  assert.equal(readMessage(line), "not ready: Redis refused");
  assert.equal(readMessage("listening"), "listening");
  assert.equal(readMessage("[1]"), "[1]");
});

test("a failure is reported as waiting until the wait ends", async () => {
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

// A kubectl that returns the result of `answer` for every read.
function kubectlAnswering(answer: () => unknown): Kubectl {
  return {
    context: undefined,
    run: async () => ({ exitCode: 0, stdout: "", stderr: "" }),
    read: async () => "",
    readJson: async () => answer(),
    stream: async () => ({ exitCode: 0, stderr: "" }),
  };
}
