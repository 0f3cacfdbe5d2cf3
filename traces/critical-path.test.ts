import assert from "node:assert/strict";
import { test } from "node:test";
import { findCriticalPath, sumCriticalPath } from "./critical-path.ts";
import { createTimedSpan, pageSpans } from "./fixtures/span.ts";

test("has no gap and adds up to the duration of the first span", () => {
  const path = findCriticalPath(pageSpans);
  assert.equal(path[0]?.startUs, 0);
  assert.equal(path.at(-1)?.endUs, 100);
  path.forEach((segment, index) => {
    assert.equal(segment.startUs, index === 0 ? 0 : path[index - 1]?.endUs);
  });
  assert.deepEqual(
    path.map((segment) => segment.span.id),
    ["root", "call", "boot", "call", "served", "call", "root"],
  );
});

test("is summed by function and phase", () => {
  assert.deepEqual(sumCriticalPath(findCriticalPath(pageSpans)), [
    { service: "frontend", kind: "own work", durationUs: 40 },
    { service: "cart", kind: "boot", durationUs: 28 },
    { service: "cart", kind: "own work", durationUs: 18 },
    { service: "frontend", kind: "network", durationUs: 14 },
  ]);
});

test("a boot on Knative counts as a part of the activator's wait for a pod", () => {
  const activator = { service: "activator" };
  const spans = [
    createTimedSpan("root", undefined, [0, 100], { service: "frontend", kind: "client" }),
    createTimedSpan("activator", "root", [5, 98], activator),
    createTimedSpan("throttler_try", "activator", [5, 80], activator),
    createTimedSpan("activator_proxy", "activator", [80, 98], activator),
    createTimedSpan("proxy", "activator_proxy", [81, 97], {
      service: "cart",
      name: "kn.queueproxy.proxy",
    }),
    createTimedSpan("served", "proxy", [82, 96], { service: "cart" }),
    createTimedSpan("boot", "served", [50, 75], { service: "cart", name: "faas.boot" }),
  ];
  assert.deepEqual(sumCriticalPath(findCriticalPath(spans)), [
    { service: "activator", kind: "activator", durationUs: 52 },
    { service: "cart", kind: "boot", durationUs: 25 },
    { service: "cart", kind: "own work", durationUs: 14 },
    { service: "frontend", kind: "network", durationUs: 7 },
    { service: "cart", kind: "queue-proxy", durationUs: 2 },
  ]);
});

test("divides the wait for an event's receiver between broker, activator and boot", () => {
  const activator = { service: "activator" };
  const spans = [
    createTimedSpan("root", undefined, [0, 100], { service: "checkout" }),
    createTimedSpan("sent", "root", [10, 95], { service: "checkout", kind: "producer" }),
    createTimedSpan("activator", "sent", [20, 90], activator),
    createTimedSpan("try", "activator", [20, 70], activator),
    createTimedSpan("proxy", "activator", [70, 89], {
      service: "mail",
      name: "kn.queueproxy.proxy",
    }),
    createTimedSpan("boot", "proxy", [50, 68], { service: "mail", name: "faas.boot" }),
    createTimedSpan("received", "proxy", [72, 88], { service: "mail" }),
    createTimedSpan("process", "received", [73, 87], { service: "mail", kind: "consumer" }),
  ];
  assert.deepEqual(sumCriticalPath(findCriticalPath(spans)), [
    { service: "activator", kind: "activator", durationUs: 33 },
    { service: "mail", kind: "boot", durationUs: 18 },
    { service: "mail", kind: "own work", durationUs: 16 },
    { service: "checkout", kind: "own work", durationUs: 15 },
    { service: "checkout", kind: "broker", durationUs: 15 },
    { service: "mail", kind: "queue-proxy", durationUs: 3 },
  ]);
});

test("without the platform's spans, the wait for an event's receiver includes its boot", () => {
  const spans = [
    createTimedSpan("root", undefined, [0, 100], { service: "checkout" }),
    createTimedSpan("sent", "root", [0, 100], { service: "checkout", kind: "producer" }),
    createTimedSpan("process", "sent", [80, 95], { service: "mail", kind: "consumer" }),
    createTimedSpan("boot", "process", [50, 75], { service: "mail", name: "faas.boot" }),
  ];
  assert.deepEqual(sumCriticalPath(findCriticalPath(spans)), [
    { service: "checkout", kind: "broker", durationUs: 60 },
    { service: "mail", kind: "boot", durationUs: 25 },
    { service: "mail", kind: "own work", durationUs: 15 },
  ]);
});

test("ignores the delivery of an event that the broker accepted before", () => {
  const spans = [
    createTimedSpan("root", undefined, [0, 100]),
    createTimedSpan("sent", "root", [10, 90], { kind: "producer" }),
    createTimedSpan("received", "sent", [20, 300], { service: "mail" }),
  ];
  assert.deepEqual(sumCriticalPath(findCriticalPath(spans)), [
    { service: "frontend", kind: "broker", durationUs: 80 },
    { service: "frontend", kind: "own work", durationUs: 20 },
  ]);
});
