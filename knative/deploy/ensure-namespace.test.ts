import assert from "node:assert/strict";
import { test } from "node:test";
import { createdAnnotation, createdBy, ensureNamespace } from "./ensure-namespace.ts";
import { answerKubectl } from "./fixtures/answer-kubectl.ts";

const labels = {
  "app.kubernetes.io/part-of": "hipster-shop",
  "pod-security.kubernetes.io/enforce": "restricted",
};
const objects = [{ kind: "Namespace", metadata: { name: "mine", labels } }];
const command =
  "label namespace mine --overwrite pod-security.kubernetes.io/enforce=restricted" as const;

const namespaceWith = (metadata: object) => JSON.stringify({ kind: "Namespace", metadata });

test("a new namespace gets the manifest's labels", async () => {
  const { kubectl, commands, inputs } = answerKubectl({ "get namespace": "" });
  assert.deepEqual(await ensureNamespace(kubectl, objects, "mine"), { isNew: true, notes: [] });
  assert.deepEqual(commands.slice(1), ["create -f -"]);
  assert.deepEqual(JSON.parse(inputs[0] ?? "").metadata.labels, labels);
});

test("a namespace that an earlier release created gets the labels for pod security", async () => {
  const metadata = { name: "mine", annotations: { [createdAnnotation]: createdBy } };
  const { kubectl, commands } = answerKubectl({ "get namespace": namespaceWith(metadata) });
  const { isNew, notes } = await ensureNamespace(kubectl, objects, "mine");
  assert.equal(isNew, false);
  assert.deepEqual(commands.slice(1), [command]);
  assert.match(notes.join(), /^namespace mine labelled: pod-security\S+=restricted$/);
});

test("a user's namespace is not changed, and a note has the command that labels it", async () => {
  const found = namespaceWith({ name: "mine" });
  const { kubectl, commands } = answerKubectl({ "get namespace": found });
  const { notes } = await ensureNamespace(kubectl, objects, "mine");
  assert.equal(commands.length, 1);
  assert.ok(notes[0]?.endsWith(`: kubectl ${command}`), notes[0]);
  const done = answerKubectl({ "get namespace": namespaceWith({ name: "mine", labels }) });
  assert.deepEqual((await ensureNamespace(done.kubectl, objects, "mine")).notes, []);
});
