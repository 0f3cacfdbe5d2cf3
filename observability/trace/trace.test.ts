import assert from "node:assert/strict";
import { test } from "node:test";
import { findCriticalPath, sumCriticalPath } from "./critical-path.ts";
import { buildTrees, type TraceSpan } from "./span.ts";
import { drawWaterfall } from "./waterfall.ts";

function span(
  id: string,
  parentId: string | undefined,
  [startUs, endUs]: [number, number],
  more: Partial<TraceSpan> = {},
): TraceSpan {
  const times = { startUs, durationUs: endUs - startUs };
  const base = { traceId: "t", id, parentId, service: "a", name: id, kind: "server" } as const;
  return { ...base, ...times, tags: {}, ...more };
}

const page = [
  span("root", undefined, [0, 100], { service: "frontend" }),
  span("call", "root", [10, 70], { service: "frontend", kind: "client" }),
  span("served", "call", [50, 68], { service: "cart", tags: { "faas.coldstart": "true" } }),
  span("boot", "served", [20, 48], { service: "cart", name: "faas.boot" }),
  span("beside", "root", [12, 40], { service: "ad", kind: "client" }),
];

test("the critical path has no gap and adds up to the first span", () => {
  const path = findCriticalPath(page);
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

test("the critical path is summed by function and kind", () => {
  assert.deepEqual(sumCriticalPath(findCriticalPath(page)), [
    { service: "frontend", kind: "own work", durationUs: 40 },
    { service: "cart", kind: "boot", durationUs: 28 },
    { service: "cart", kind: "own work", durationUs: 18 },
    { service: "frontend", kind: "network", durationUs: 14 },
  ]);
});

test("a boot on Knative is a part of the activator's wait for a pod", () => {
  const activator = { service: "activator" };
  const spans = [
    span("root", undefined, [0, 100], { service: "frontend", kind: "client" }),
    span("activator", "root", [5, 98], activator),
    span("throttler_try", "activator", [5, 80], activator),
    span("activator_proxy", "activator", [80, 98], activator),
    span("proxy", "activator_proxy", [81, 97], { service: "cart", name: "kn.queueproxy.proxy" }),
    span("served", "proxy", [82, 96], { service: "cart" }),
    span("boot", "served", [50, 75], { service: "cart", name: "faas.boot" }),
  ];
  assert.deepEqual(sumCriticalPath(findCriticalPath(spans)), [
    { service: "activator", kind: "activator", durationUs: 52 },
    { service: "cart", kind: "boot", durationUs: 25 },
    { service: "cart", kind: "own work", durationUs: 14 },
    { service: "frontend", kind: "network", durationUs: 7 },
    { service: "cart", kind: "queue-proxy", durationUs: 2 },
  ]);
});

test("the wait for an event's receiver is the broker's, the activator's and the boot's", () => {
  const activator = { service: "activator" };
  const spans = [
    span("root", undefined, [0, 100], { service: "checkout" }),
    span("sent", "root", [10, 95], { service: "checkout", kind: "producer" }),
    span("activator", "sent", [20, 90], activator),
    span("try", "activator", [20, 70], activator),
    span("proxy", "activator", [70, 89], { service: "mail", name: "kn.queueproxy.proxy" }),
    span("boot", "proxy", [50, 68], { service: "mail", name: "faas.boot" }),
    span("received", "proxy", [72, 88], { service: "mail" }),
    span("process", "received", [73, 87], { service: "mail", kind: "consumer" }),
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

test("the wait for a receiver that starts is its cold start, without the platform's spans", () => {
  const spans = [
    span("root", undefined, [0, 100], { service: "checkout" }),
    span("sent", "root", [0, 100], { service: "checkout", kind: "producer" }),
    span("process", "sent", [80, 95], { service: "mail", kind: "consumer" }),
    span("boot", "process", [50, 75], { service: "mail", name: "faas.boot" }),
  ];
  assert.deepEqual(sumCriticalPath(findCriticalPath(spans)), [
    { service: "checkout", kind: "broker", durationUs: 60 },
    { service: "mail", kind: "boot", durationUs: 25 },
    { service: "mail", kind: "own work", durationUs: 15 },
  ]);
});

test("a broker that accepts an event before it delivers it is not waited for", () => {
  const spans = [
    span("root", undefined, [0, 100]),
    span("sent", "root", [10, 90], { kind: "producer" }),
    span("received", "sent", [20, 300], { service: "mail" }),
  ];
  assert.deepEqual(sumCriticalPath(findCriticalPath(spans)), [
    { service: "a", kind: "broker", durationUs: 80 },
    { service: "a", kind: "own work", durationUs: 20 },
  ]);
});

test("a span whose parent is not there begins a tree of its own", () => {
  const trees = buildTrees([...page, span("lost", "nobody", [5, 6])]);
  assert.deepEqual(
    trees.map(({ span: { id } }) => id),
    ["root", "lost"],
  );
});

test("a waterfall has a line for each span, with cold starts and failures marked", () => {
  const spans = [...page, span("bad", "root", [80, 90], { tags: { error: "INTERNAL" } })];
  const lines = drawWaterfall(spans, { width: 100, colors: false }).split("\n");
  assert.equal(lines.length, spans.length + 2);
  assert.match(lines[0] ?? "", /1 cold starts, 1 failed/);
  assert.ok(lines.some((line) => /❄ cart {2}served .*█/.test(line)));
  assert.ok(lines.some((line) => /✗ a {2}bad/.test(line)));
  assert.ok(lines.every((line) => line.length <= 100));
});
