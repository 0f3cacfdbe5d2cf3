import assert from "node:assert/strict";
import { test } from "node:test";
import { findFaults } from "./faults.ts";

const rules = "PaymentService/Charge:hang";

const revision = (name: string, faults?: string) => ({
  kind: "Revision",
  metadata: { name },
  spec: {
    containers: [
      { env: [{ name: "PORT" }, ...(faults ? [{ name: "SHOP_FAULTS", value: faults }] : [])] },
    ],
  },
});

const service = (name: string, newest: string, traffic: object[]) => ({
  kind: "Service",
  metadata: { name },
  status: { latestCreatedRevisionName: newest, traffic },
});

test("finds the faults of revisions that get requests or are the newest", () => {
  const services = [
    service("paymentservice", "paymentservice-2", [
      { revisionName: "paymentservice-1", percent: 75, tag: "stable" },
      { revisionName: "paymentservice-2", percent: 20, tag: "candidate" },
      { revisionName: "paymentservice-2", percent: 5 },
    ]),
    // A release that was rolled back.
    service("cartservice", "cartservice-2", [{ revisionName: "cartservice-1", percent: 100 }]),
    service("adservice", "adservice-3", [{ revisionName: "adservice-3", percent: 100 }]),
    { kind: "Service", metadata: { name: "frontend" } },
  ];
  const revisions = [
    revision("paymentservice-1"),
    revision("paymentservice-2", rules),
    revision("cartservice-1"),
    revision("cartservice-2", "*:hang"),
    // A previous release.
    revision("adservice-2", "*:hang"),
    revision("adservice-3"),
    { kind: "Revision", metadata: { name: "bare" }, spec: { containers: [{}] } },
  ];
  assert.deepEqual(findFaults(services, revisions), [
    { name: "paymentservice", revision: "paymentservice-2", percent: 25, rules },
    { name: "cartservice", revision: "cartservice-2", percent: 0, rules: "*:hang" },
  ]);
});
