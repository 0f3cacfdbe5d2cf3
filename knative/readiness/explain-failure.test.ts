import assert from "node:assert/strict";
import { test } from "node:test";
import { findSample, samples } from "../fixtures/cluster.ts";
import { explainFailure } from "./explain-failure.ts";
import { readServiceState } from "./service-state.ts";

const kubectl = "kubectl --context kind -n mine";

function explain(name: string, lastLogLine?: string): string {
  const revisionName = `${name}-00001`;
  const pods = samples.pods.filter(({ metadata }) => metadata.name.startsWith(revisionName));
  const state = readServiceState(findSample(samples.services, name));
  const revision = findSample(samples.revisions, revisionName);
  return explainFailure({ kubectl, state, revision, pods, lastLogLine });
}

test("a missing image is explained with its name and what to check", () => {
  const sentence = explain("noimage");
  assert.match(
    sentence,
    /^noimage is not ready \(noimage-00001, ContainerMissing\): Unable to fetch/,
  );
  assert.match(sentence, /404 Not Found/);
  assert.match(sentence, /Check that the image is in the registry/);
});

test("a container that ends is explained with its exit code and its last log line", () => {
  assert.equal(
    explain("crash", "cannot read configuration"),
    "crash is not ready (crash-00001, ExitCode1): Container failed with: starting cannot read " +
      "configuration. Last log line: cannot read configuration. The container ended by itself: " +
      "see `kubectl --context kind -n mine logs -l serving.knative.dev/revision=crash-00001 -c user-container`, " +
      "fix it, and run the command again.",
  );
});

test("a container that ends is explained before its revision's conditions report it", () => {
  const revision = structuredClone(findSample(samples.revisions, "crash-00001"));
  for (const condition of revision.status?.conditions ?? []) condition.status = "Unknown";
  const pods = samples.pods.filter(({ metadata }) => metadata.name.startsWith("crash"));
  const state = readServiceState(findSample(samples.services, "crash"));
  assert.match(explainFailure({ kubectl, state, revision, pods }), /crash-00001, ExitCode1\)/);
});

test("a container that never listens is explained with the expected port", () => {
  assert.match(
    explain("deaf", "sleeping"),
    /^deaf is not ready \(deaf-00001, Deploying\)\. Last log line: sleeping\. The container runs but .*it listens on the port in PORT\.$/,
  );
});

test("an exceeded quota is named as the cause", () => {
  const sentence = explainFailure({
    kubectl,
    state: { ...readServiceState(findSample(samples.services, "crash")), name: "quota" },
    revision: findSample(samples.revisions, "quota-00001"),
  });
  assert.match(sentence, /FailedCreate\): .*exceeded quota: q, .*Raise the namespace's quota/);
});

test("a Service without a revision is explained with its own condition", () => {
  const state = { ...readServiceState(findSample(samples.services, "deaf")), revision: undefined };
  assert.match(
    explainFailure({ kubectl, state }),
    /^deaf is not ready \(RevisionMissing\): Configuration.* See `kubectl --context kind -n mine get events`\.$/,
  );
});
