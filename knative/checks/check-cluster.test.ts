import assert from "node:assert/strict";
import { test } from "node:test";
import { servingDeployments } from "../fixtures/cluster.ts";
import { findProblems } from "./check-cluster.ts";

const complete = {
  groups: ["apps", "serving.knative.dev", "eventing.knative.dev"],
  servingDeployments,
  network: { "ingress-class": "kourier.ingress.networking.knative.dev" },
};

test("a cluster with Serving, Eventing and an ingress has no problem", () => {
  assert.deepEqual(findProblems(complete), []);
});

test("a cluster without Knative has two problems, in a line each", () => {
  const problems = findProblems({ groups: ["apps"], servingDeployments: [], network: {} });
  assert.equal(problems.length, 2);
  assert.match(problems[0] ?? "", /^Knative Serving is not installed/);
  assert.match(problems[1] ?? "", /^Knative Eventing is not installed/);
});

test("a part of Serving without a ready pod, or without a Deployment, is named", () => {
  const broken = structuredClone(servingDeployments).filter(
    ({ metadata }) => metadata.name !== "webhook",
  );
  for (const { metadata, status } of broken) {
    if (metadata.name === "activator" && status !== undefined) status.availableReplicas = 0;
  }
  const problems = findProblems({ ...complete, servingDeployments: broken });
  assert.match(
    problems.join("\n"),
    /^Knative Serving's activator has no ready pod.*\n.*webhook is not in/,
  );
});

test("without an ingress class Istio has to be installed", () => {
  assert.match(findProblems({ ...complete, network: {} }).join(), /^Knative has no ingress/);
  const groups = [...complete.groups, "networking.istio.io"];
  assert.deepEqual(findProblems({ ...complete, groups, network: {} }), []);
});

test("a part that may not be read is not a problem", () => {
  const unread = { ...complete, servingDeployments: undefined, network: undefined };
  assert.deepEqual(findProblems(unread), []);
});
